"""Entries found by what one remembers of them: an id, a name, an alias, a ticker, a former name, with small slips."""

from __future__ import annotations

import re
import unicodedata
from difflib import SequenceMatcher
from operator import itemgetter
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from narrative.catalogue.entries import Catalogue, Entry

MAX_WORDS: Final = 200  # characters of what is searched for

_ALIKE: Final = 0.8  # of two words that differ by a slip
_LONG: Final = 4  # letters of a word in which a slip leaves it recognisable
_NO_LETTER = re.compile(r"[\W_]+")


class Match(NamedTuple):
    """An entry with the form that was found, and how well it fits: 1 where it is the same."""

    entry: Entry
    form: str
    score: float


def search_catalogue(words: str, catalogue: Catalogue, limit: int = 20) -> list[Match]:
    """The entries that go by something like `words`, the best first.

    The same form counts most, then forms that begin with the words, hold them, hold all of them somewhere, and forms
    alike but for slips (by `difflib`'s ratio, word by word). Case, accents and marks count for nothing.
    """
    wanted = _letters(words[:MAX_WORDS])
    if not wanted:
        return []
    named = [(entry, [(_letters(form), form) for form in _names(entry)]) for entry in catalogue.entries]
    vocabulary = {word for _, forms in named for letters, _ in forms for word in letters.split()}
    alike = [_alike(word, vocabulary) for word in wanted.split()]
    found: list[Match] = []
    for entry, forms in named:
        # max keeps the first of equals: names come before ids
        score, form = max(((_fit(letters, wanted, alike), form) for letters, form in forms), key=itemgetter(0))
        if score:
            found.append(Match(entry, form, round(score, 3)))
    found.sort(key=lambda match: (-match.score, len(match.form), match.entry.id))
    return found[:limit]


def members_of(ident: str, catalogue: Catalogue) -> list[Entry]:
    """What belongs to an entry: the funds of an issuer, the brands of a company."""
    return [entry for entry in catalogue.entries if ident in entry.belongs_to]


def _names(entry: Entry) -> Iterator[str]:
    yield from entry.forms
    yield entry.id.partition(":")[2]
    yield entry.id


def _letters(text: str) -> str:
    """Small letters and digits without accents, one space for whatever stands between."""
    plain = "".join(
        letter for letter in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(letter)
    )
    return _NO_LETTER.sub(" ", plain).strip()


def _alike(word: str, vocabulary: set[str]) -> dict[str, float]:
    """The words that differ from a word by a slip at the most, with how alike they are."""
    found = {word: 1.0} if word in vocabulary else {}
    if len(word) < _LONG:
        return found
    comparison = SequenceMatcher(autojunk=False)
    comparison.set_seq2(word)  # it remembers what it learnt of the second
    for other in vocabulary:
        comparison.set_seq1(other)
        if comparison.real_quick_ratio() >= _ALIKE and comparison.quick_ratio() >= _ALIKE:
            ratio = comparison.ratio()
            if ratio >= _ALIKE:
                found[other] = ratio
    return found


def _fit(form: str, wanted: str, alike: Sequence[Mapping[str, float]]) -> float:
    """From 0 (not alike) to 1 (the same)."""
    if form == wanted:
        return 1.0
    if form.replace(" ", "") == wanted.replace(" ", ""):
        return 0.99
    share = min(1.0, len(wanted) / len(form))  # of two forms that hold the words the shorter is nearer
    padded = f" {form} "
    if f" {wanted} " in padded:
        return 0.9 + 0.08 * share
    if len(wanted) > 1 and f" {wanted}" in padded:
        return 0.8 + 0.08 * share
    held = form.split()
    slips = 1.0
    for one in alike:
        nearest = max((one.get(word, 0.0) for word in held), default=0.0)
        slips *= nearest
        if not slips:
            return 0.0
    return (0.6 * slips if slips < 1 else 0.7) + 0.08 * share
