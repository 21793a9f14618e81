"""Which of the forms found in a text are names, and of what: ambiguous ones count only with evidence."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, Any

from narrative.catalogue.forms import Form, Hit, fold
from narrative.pipeline.mentions.evidence import evidence, says
from narrative.pipeline.mentions.lexicon import entity_data
from narrative.pipeline.mentions.mention import Mention
from narrative.pipeline.mentions.people import is_part_of_a_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from narrative.pipeline.mentions.context import Context

_ROUNDS = 3  # in which a name found lends evidence to those beside it
_WORD_AFTER = re.compile(r" ([\w$'’.&-]+)")
_LISTED = frozenset([", ", " and ", ", and ", " & ", " or ", ", or ", "/", " And ", " AND "])
_DEFAULT = 0.1  # what a reading's default weighs: less than any word


def resolve(hits: Iterable[Hit], context: Context) -> list[Mention]:
    """Turn hits into mentions; a phrase that names nothing becomes a mention without an entry and with score 0."""
    mentions: list[Mention] = []
    pending: list[Hit] = []
    kept = list(_without_words(hits, context))
    spoken = _plainly_named(kept)
    mood = _mood(kept)
    witnessed: set[tuple[str, str]] = set()
    for hit in kept:
        if not hit.forms:
            mentions.append(Mention(hit.start, hit.end, None, "", "", ""))
        else:
            pending.append(hit)
    lists = _Lists(context.text)
    for _ in range(_ROUNDS):
        waiting = []
        for hit in pending:
            beside = _alike(lists.types(hit))
            found = {form: evidence(hit, form, context, spoken, beside) for form in hit.forms}
            held = [form for form, sort in found.items() if sort]
            if not held:
                waiting.append(hit)
                continue
            form = _choose(hit, held, context, spoken, mood, beside)
            mentions.append(_mention(hit, form, "shared" if len({form.entry.id for form in held}) > 1 else found[form]))
            lists.add(hit, form)
            witnessed.update((form.entry.id, form.text) for form in held if form.ambiguous and found[form] != "listed")
        if len(waiting) == len(pending) or not waiting:
            pending = waiting
            break
        pending = waiting
    for hit in pending:  # what was shown once in a text holds for the whole of it
        shown = [form for form in hit.forms if (form.entry.id, form.text) in witnessed]
        if shown and not (hit.forms[0].ticker and context.text[hit.start].islower()):
            mentions.append(_mention(hit, _choose(hit, shown, context, spoken, mood, frozenset()), "repeated"))
    return mentions


def _without_words(hits: Iterable[Hit], context: Context) -> Iterator[Hit]:
    """The hits, less ambiguous ones inside of phrases of ordinary words, and less those in names of other people."""
    hits, common = list(hits), entity_data().common
    phrases = {hit for hit in hits if not hit.forms and context.folded[hit.start : hit.end] in common}
    covered = {at for hit in phrases for at in range(hit.start, hit.end)}
    for hit in hits:
        inside = covered and hit.start in covered and hit.end - 1 in covered
        if inside and (hit in phrases or all(form.ambiguous for form in hit.forms)):
            continue
        if not is_part_of_a_name(hit, context):
            yield hit


def _alike(types: frozenset[str]) -> frozenset[str]:
    """Types that stand in one list: wallets beside exchanges, networks beside coins."""
    more = {"COMPANY": "PROTOCOL", "ASSET": "PROTOCOL"}
    both = {"COMPANY", "ASSET"} if types == {"PROTOCOL"} else set()
    return types | {more[kind] for kind in types if kind in more} | both


def _mention(hit: Hit, form: Form, sort: str) -> Mention:
    return Mention(hit.start, hit.end, form.entry, form.entry.type, form.entry.name, sort)


def _plainly_named(hits: Sequence[Hit]) -> Counter[str]:
    """How often each entry is named by a form that is neither ambiguous nor shared."""
    return Counter(hit.forms[0].entry.id for hit in hits if len(hit.forms) == 1 and not hit.forms[0].ambiguous)


def _mood(hits: Sequence[Hit]) -> dict[str | None, float]:
    """What share of the plain names stands for each camp."""
    plain = [hit.forms[0].entry.camp for hit in hits if len(hit.forms) == 1 and not hit.forms[0].ambiguous]
    camps = Counter(camp for camp in plain if camp)
    return {camp: n / camps.total() for camp, n in camps.items()}


class _Lists:
    """Names found so far, to see what others stand in a list with them."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._starts: dict[int, str] = {}
        self._ends: dict[int, str] = {}

    def add(self, hit: Hit, form: Form) -> None:
        self._starts[hit.start] = self._ends[hit.end] = form.entry.type

    def types(self, hit: Hit) -> frozenset[str]:
        """The types of the names directly before and after in a list."""
        text = self._text
        if not text[hit.start].isupper():
            return frozenset()
        before = (
            self._ends[hit.start - length]
            for length in range(1, 7)
            if hit.start - length in self._ends and text[hit.start - length : hit.start] in _LISTED
        )
        after = (
            self._starts[hit.end + length]
            for length in range(1, 7)
            if hit.end + length in self._starts and text[hit.end : hit.end + length] in _LISTED
        )
        return frozenset([*before, *after])


def _choose(
    hit: Hit,
    forms: Sequence[Form],
    context: Context,
    spoken: Mapping[str, int],
    mood: Mapping[str | None, float],
    beside: frozenset[str],
) -> Form:
    """The reading of a form that several entries claim."""
    current = [form for form in forms if form.entry.is_current(form.text, context.published)] or list(forms)
    if len(current) == 1:
        return current[0]
    rule = entity_data().readings.get(fold(current[0].text))
    near = context.near(hit.start, hit.end)
    if rule:
        weights = [_weight(form, rule, near, spoken, mood, beside) for form in current]
        return current[weights.index(max(weights))]
    by_type = {form.entry.type: form for form in current}
    if "ASSET" in by_type and len(by_type) > 1:
        asset, other = by_type["ASSET"], next(form for form in current if form.entry.type != "ASSET")
        return asset if asset.ticker or _means_the_asset(hit, asset, context, near) else other
    return min(current, key=lambda form: (form.ambiguous, form.entry.id))


def _weight(
    form: Form,
    rule: Mapping[str, Any],
    near: str,
    spoken: Mapping[str, int],
    mood: Mapping[str | None, float],
    beside: frozenset[str],
) -> float:
    said: float = says(near, tuple(rule["words"].get(form.entry.id, ())))
    default: float = _DEFAULT if form.entry.id == rule["default"] else 0.0
    return (
        min(said, 3)
        + 0.5 * min(1, spoken.get(form.entry.id, 0))
        + (form.entry.type in beside)
        + 0.4 * mood.get(form.entry.camp, 0.0)
        + default
    )


def _means_the_asset(hit: Hit, asset: Form, context: Context, near: str) -> bool:
    """Whether a name of both a coin and its network or firm is the coin's here."""
    if any(f"({fold(ticker)})" in near or f"${fold(ticker)}" in near for ticker in asset.entry.tickers):
        return True
    after = _WORD_AFTER.match(context.text, hit.end, hit.end + 24)
    return bool(after and after[1].casefold() in entity_data().asset_words)
