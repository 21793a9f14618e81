"""Who could be the source of a figure, with what speaks for each."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from narrative.pipeline.figure_roles.context import near
from narrative.pipeline.figure_roles.scorer import Candidate
from narrative.pipeline.figure_roles.source import goes_on

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from narrative.pipeline.figure_roles.heads import Matches
    from narrative.pipeline.figure_roles.mention import Mention
    from narrative.pipeline.figure_roles.source import Attribution
    from narrative.records import FigureKind, Reference

_LATELY = 6  # sources of the sentences before that are candidates
_OFTEN = 2  # sources of the whole article that are candidates


@dataclass
class Heard:
    """Who has been given as a source so far, and in the whole article."""

    total: Counter[str] = field(default_factory=Counter)  # attributions by name
    known: dict[str, Reference] = field(default_factory=dict)
    last: dict[str, int] = field(default_factory=dict)  # the last sentence by name
    figures: Reference | None = None  # the source of the figure before
    figured: int = -99  # and its sentence

    def hear(self, found: Sequence[Attribution], sentence: int) -> None:
        """Remember a sentence's sources."""
        for attribution in found:
            self.known.setdefault(attribution.source.name, attribution.source)
            self.last.pop(attribution.source.name, None)
            self.last[attribution.source.name] = sentence


def candidates_of(
    mention: Mention,
    kind: FigureKind,
    subject: Reference | None,
    ruled: Reference | None,
    quoted: Reference | None,
    here: Sequence[Attribution],
    heard: Heard,
    number: int,
    matches: Matches | None,
) -> tuple[list[str], list[Candidate]]:
    """Nobody, and everybody who was given as a source in the sentence, before it, or often.

    Args:
        mention: the quantity in its sentence.
        kind: its kind.
        subject: what it is about.
        ruled: the rules' answer.
        quoted: the speaker of the quotation that holds it.
        here: the sources that the sentence names.
        heard: the sources of the article.
        number: the sentence's number.
        matches: what the encoder says of names.
    """
    found: dict[str, tuple[Reference, dict[str, float]]] = {}

    def add(reference: Reference, *features: str) -> None:
        known = found.setdefault(reference.name, (reference, {}))[1]
        known.update(dict.fromkeys(features, 1.0))

    if ruled:
        add(ruled, "rule", f"rule {kind}")
    if quoted:
        add(quoted, "quoted")
    for rank, attribution in enumerate(here):
        side = "before" if attribution.end <= mention.quantity.start else "after"
        step = near(mention.distance(attribution.start, attribution.end))
        add(
            attribution.source,
            "here",
            f"here {rank}",
            f"here {side} {step}",
            f"here {min(len(here), 3)}",
            f"here {kind}",
        )
    relays = goes_on(mention.sentence)
    for rank, name in enumerate(reversed(heard.last)):
        if rank == _LATELY:
            break
        step = near(number - heard.last[name])
        add(
            heard.known[name],
            f"lately {rank}",
            f"lately {step}",
            f"lately {step} {rank} {kind}",
            f"lately {relays} {step}",
        )
    for rank, (name, times) in enumerate(heard.total.most_common(_OFTEN)):
        part = times / sum(heard.total.values())
        add(heard.known[name], f"often {rank} {min(times, 4)}", f"often {rank} {kind}", f"often {round(4 * part)}")
    if heard.figures:
        step = near(number - heard.figured)
        add(heard.figures, f"figure before {step}", f"figure before {step} {kind}")
    title = mention.sentence.start == 0
    candidates = [
        Candidate(
            None,
            "none",
            {"rule none": float(ruled is None), f"figures {heard.figures is None} {near(number - heard.figured)}": 1.0},
        )
    ]
    for reference, features in found.values():
        if subject and reference.name == subject.name:
            features["subject"] = features[f"subject {kind}"] = 1.0
        if title:
            features["title"] = 1.0
        features["sources"] = 1.0 / len(found)
        if matches:
            features.update(_matched(matches, reference.name, kind))
        candidates.append(Candidate(reference, "some", features))
    context = [*mention.context, f"kind {kind}", f"here {bool(here)} {relays}", f"sources {min(len(found), 3)}"]
    return context, candidates


def _matched(matches: Matches, name: str, kind: str) -> Iterator[tuple[str, float]]:
    """What the encoder says of a candidate."""
    match = matches.of_name(name)
    if match is None:
        yield "encoder absent", 1.0
    else:
        yield "encoder", match
        yield "encoder is there", 1.0
