"""What the cues of `data/comparison.toml` say: which camp a sentence sets above the other.

`comparison.py` weighs them with what the network says.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from narrative.pipeline.cues import DATA, CueMatcher, Hit, payloads
from narrative.resources import read_toml

if TYPE_CHECKING:
    from collections.abc import Sequence

    from narrative.records import Camp

CAMPS: tuple[Camp, ...] = ("ai", "crypto")
OTHER: dict[Camp, Camp] = {"ai": "crypto", "crypto": "ai"}
_NEAR = 80  # characters between a cue and the camp that it points to
_MIXED = 14  # characters from one camp to the other in "AI tokens", "crypto and AI"


@cache
def comparison_cues() -> CueMatcher[tuple[str, ...]]:
    """The cues, by what they say."""
    data: dict[str, Any] = read_toml(DATA / "comparison.toml")
    groups = {name: data[name]["cues"] for name in ("toward", "away", "over", "under")}
    for camp in CAMPS:
        groups[f"wins {camp}"] = data["wins"][camp]
        groups[f"names {camp}"] = data["camps"][camp]
    return CueMatcher(payloads(groups) | dict.fromkeys(data["nothing"]["cues"], ()))


def cued_winner(cues: Sequence[Hit[tuple[str, ...]]], named: Sequence[tuple[int, Camp]]) -> Camp | None:
    """The camp that a sentence's cues set above the other; none where they are silent or lack one of the camps.

    Args:
        cues: those inside the sentence.
        named: where the sentence names a camp, and which, code points.
    """
    own = [(hit.start, camp) for hit in cues for camp in CAMPS if f"names {camp}" in hit.payload]
    mentions = sorted({*named, *own})
    if len({camp for _, camp in mentions}) < len(CAMPS):
        return None
    found = [(group, winner) for hit in cues for group in hit.payload if (winner := _winner(group, hit, mentions))]
    # A phrase that names the winner tells more than one that has to be looked around.
    return next((winner for group, winner in found if group.startswith("wins")), found[0][1] if found else None)


def _winner(group: str, hit: Hit[tuple[str, ...]], mentions: Sequence[tuple[int, Camp]]) -> Camp | None:
    """Who wins by one cue, if the camps stand where it needs them."""
    before = [camp for place, camp in mentions if hit.start - _NEAR <= place < hit.start]
    following = [(place, camp) for place, camp in mentions if hit.end <= place <= hit.end + _NEAR]
    after = [camp for _, camp in following]
    mixed = any(place - following[0][0] <= _MIXED and camp != after[0] for place, camp in following)
    match group.split():
        case ["wins", "ai"]:
            return "ai"
        case ["wins", "crypto"]:
            return "crypto"
        case ["toward"] if after and not mixed:
            return after[0]
        case ["away"] if after:
            return OTHER[after[0]]
        case ["over"] if before and after and before[-1] != after[0]:
            return before[-1]
        case ["under"] if before and after and before[-1] != after[0]:
            return after[0]
    return None
