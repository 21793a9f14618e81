"""Which of the forms found in a text are names, and of what: ambiguous words count only with evidence.

Evidence comes from the mention itself (a cashtag, a ticker in parentheses), from the words beside it, from another
mention of the same thing by a name that is not ambiguous, and from a capital where a plain word would have none.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from narrative.catalogue.forms import Form, Hit, fold
from narrative.pipeline.mentions.lexicon import entity_data

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from narrative.catalogue.entries import Entry

_NEAR = 90  # characters on either side in which words speak for a reading
_WORD = re.compile(r"[^\W\d_][\w'’.&-]*")
_WORD_BEFORE = re.compile(r"([\w$'’.&-]+)[ ,]?$")
_WORD_AFTER = re.compile(r" ([\w$'’.&-]+)")
_AMOUNT_BEFORE = re.compile(r"\d[\d.,]*\s?(?:[kKmMbB]|thousand|million|billion)?\s?$")
_EXCHANGE_BEFORE = re.compile(
    r"(?:NASDAQ|Nasdaq|NYSE|NYSE American|OTC|OTCQX|TSX|CBOE|Cboe|AMEX|ticker|symbol)[:\s]{1,2}[“\"$]?$"
)


class Mention(NamedTuple):
    """A span that stands for an entry, with a rough probability that it does."""

    start: int
    end: int
    entry: Entry | None
    type: str
    name: str
    score: float


@dataclass
class Context:
    """A text with what evidence is read from: its folded form and its sentences."""

    text: str
    folded: str
    starts: Sequence[int]  # of sentences
    published: date | None = None

    def __post_init__(self) -> None:
        """Sentences are looked at once each."""
        self._titles: dict[int, bool] = {}

    def sentence(self, at: int) -> int:
        """The number of the sentence around an offset."""
        return max(0, bisect_right(self.starts, at) - 1)

    def begins_sentence(self, at: int) -> bool:
        """Whether nothing but marks stands between the beginning of the sentence and `at`."""
        if not self.starts:
            return at == 0
        return not any(letter.isalnum() for letter in self.text[max(self.starts[self.sentence(at)], at - 8) : at])

    def in_title_case(self, at: int) -> bool:
        """Whether the sentence is written like a headline, so that a capital says nothing."""
        number = self.sentence(at)
        if number not in self._titles:
            start = self.starts[number] if self.starts else 0
            end = self.starts[number + 1] if number + 1 < len(self.starts) else len(self.text)
            words = [word for word in _WORD.findall(self.text[start : min(end, start + 400)])[1:] if len(word) > 3]
            self._titles[number] = bool(words) and sum(word[0].isupper() for word in words) >= 0.7 * len(words)
        return self._titles[number]

    def near(self, start: int, end: int) -> str:
        """The folded words around a span."""
        return self.folded[max(0, start - _NEAR) : end + _NEAR]


def resolve(hits: Sequence[Hit], context: Context) -> list[Mention]:
    """Turn hits into mentions; a phrase that names nothing becomes a mention without an entry and with score 0."""
    spoken = _plainly_named(hits)
    mentions: list[Mention] = []
    pending: list[tuple[Hit, list[Form]]] = []
    witnessed: set[tuple[str, str]] = set()
    for hit in hits:
        if not hit.forms:
            mentions.append(Mention(hit.start, hit.end, None, "", "", 0.0))
            continue
        scores = {form: _score(hit, form, context, spoken) for form in hit.forms}
        held = [form for form, score in scores.items() if score]
        if held:
            form = _choose(hit, held, context, spoken)
            mentions.append(_mention(hit, form, scores[form]))
            witnessed.update((form.entry.id, form.text) for form in held if form.ambiguous)
        else:
            pending.append((hit, list(hit.forms)))
    for hit, forms in pending:  # what was shown once in a text holds for the whole of it
        held = [form for form in forms if (form.entry.id, form.text) in witnessed]
        if held and not (hit.forms[0].ticker and context.text[hit.start].islower()):
            mentions.append(_mention(hit, _choose(hit, held, context, spoken), 0.7))
    return mentions


def _mention(hit: Hit, form: Form, score: float) -> Mention:
    return Mention(hit.start, hit.end, form.entry, form.entry.type, form.entry.name, score)


def _plainly_named(hits: Sequence[Hit]) -> Counter[str]:
    """How often each entry is named by a form that is neither ambiguous nor shared."""
    return Counter(hit.forms[0].entry.id for hit in hits if len(hit.forms) == 1 and not hit.forms[0].ambiguous)


def _score(hit: Hit, form: Form, context: Context, spoken: Mapping[str, int]) -> float:
    text = context.text
    if not form.ambiguous:
        return 0.9 if form.ticker else 0.97
    if form.ticker and _is_written_as_ticker(hit, text):
        return 0.93
    if spoken.get(form.entry.id):
        return 0.9
    if form.entry.context and any(fold(word) in context.near(hit.start, hit.end) for word in form.entry.context):
        return 0.85
    if form.ticker:
        return 0.8 if _has_class_word(hit, form, context) and form.entry.type == "ASSET" and len(form.text) > 2 else 0.0
    if _has_class_word(hit, form, context):
        return 0.8
    if text[hit.end : hit.end + 2] in ("'s", "’s") and not context.begins_sentence(hit.start):
        return 0.75
    shouted = len(form.text) > 1 and form.text.isupper()  # an acronym stands out whatever it means
    return 0.7 if not shouted and _stands_out(hit, context) else 0.0


def _is_written_as_ticker(hit: Hit, text: str) -> bool:
    before, after = text[max(0, hit.start - 24) : hit.start], text[hit.end : hit.end + 5]
    return (
        text[hit.start] == "$"
        or (before.endswith("(") and after.startswith(")"))
        or after.startswith(("/USD", "-USD", "/BTC", "USDT"))
        or bool(_EXCHANGE_BEFORE.search(before))
        or (len(text[hit.start : hit.end]) > 1 and bool(_AMOUNT_BEFORE.search(before)) and before[-1:] == " ")
    )


def _has_class_word(hit: Hit, form: Form, context: Context) -> bool:
    data = entity_data()
    text = context.text
    before = _WORD_BEFORE.search(text[max(0, hit.start - 24) : hit.start])
    if before and before[1].casefold() in data.before.get(form.entry.type, ()) and not form.ticker:
        return True
    if before and before[1][0].isupper() and context.in_title_case(hit.start) and text[hit.start - 2].isalnum():
        return False  # “European Arm Wins Licence”
    after = _WORD_AFTER.match(text, hit.end, hit.end + 24)
    return bool(after and after[1].casefold().removesuffix("'s") in data.after.get(form.entry.type, ()))


def _stands_out(hit: Hit, context: Context) -> bool:
    """A capital between two plain words of a plain sentence."""
    text = context.text
    if context.begins_sentence(hit.start) or context.in_title_case(hit.start):
        return False
    before = _WORD_BEFORE.search(text[max(0, hit.start - 24) : hit.start])
    if not before or not before[1][0].islower():
        return False
    after = text[hit.end : hit.end + 2]
    return not (after[:1] in (" ", "-") and after[1:2].isupper())


def _choose(hit: Hit, forms: Sequence[Form], context: Context, spoken: Mapping[str, int]) -> Form:
    """The reading of a form that several entries claim."""
    valid = [form for form in forms if form.entry.is_valid(context.published)] or list(forms)
    if len(valid) == 1:
        return valid[0]
    data = entity_data()
    rule = data.readings.get(fold(valid[0].text))
    near = context.near(hit.start, hit.end)
    if rule:
        default = str(rule["default"])
        words: Mapping[str, Sequence[str]] = rule["words"]

        def weight(form: Form) -> tuple[float, bool]:
            said = sum(_says(near, word) for word in words.get(form.entry.id, ()))
            return said + 0.5 * min(1, spoken.get(form.entry.id, 0)), form.entry.id == default

        return max(valid, key=weight)
    by_type = {form.entry.type: form for form in valid}
    if "ASSET" in by_type and len(by_type) > 1:
        asset, other = by_type["ASSET"], next(form for form in valid if form.entry.type != "ASSET")
        if asset.ticker:
            return asset
        named = any(f"({fold(ticker)})" in near or f"${fold(ticker)}" in near for ticker in asset.entry.tickers)
        after = _WORD_AFTER.match(context.text, hit.end, hit.end + 24)
        return asset if named or (after and after[1].casefold() in data.asset_words) else other
    return min(valid, key=lambda form: (form.ambiguous, form.entry.id))


def _says(near: str, word: str) -> bool:
    return word in near and bool(_word_pattern(word).search(near))


@cache
def _word_pattern(word: str) -> re.Pattern[str]:
    """The word on its borders."""
    left = r"(?<!\w)" if word[0].isalnum() else ""
    right = r"(?!\w)" if word[-1].isalnum() else ""
    return re.compile(left + re.escape(word) + right)
