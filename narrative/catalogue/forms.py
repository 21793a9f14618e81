"""Where the forms of the catalogue occur in a text: one Aho–Corasick automaton over all of them, linear in the text."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from ahocorasick_rs import AhoCorasick, Implementation, MatchKind

from narrative.catalogue import folding
from narrative.catalogue.entries import load_catalogue, per_catalogue

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from narrative.catalogue.entries import Catalogue, Entry

_LONG = 5  # from this many letters on, a capitalised word needs no exact case
_IN_LOWER_CASE = frozenset(["ASSET", "FUND", "INDEX", "POLICY"])  # types that are written without capitals too


@dataclass(frozen=True, slots=True, eq=False)
class Form:
    """One way to write an entry; each is only equal to itself, as hashing a whole entry takes long."""

    text: str
    entry: Entry
    ambiguous: bool
    ticker: bool


class Hit(NamedTuple):
    """A span that can stand for the entries of `forms`; for none where it is a phrase that only looks like a name."""

    start: int
    end: int
    forms: tuple[Form, ...]


def fold(text: str) -> str:
    """As `folding.fold`, with narrow spaces too, which stand inside names and figures."""
    return folding.fold(text.replace("\u202f", " "))


class FormIndex:
    """All forms of a catalogue in one automaton.

    Args:
        catalogue: whose forms.
        nothing: phrases that hold a form but name nothing ("US dollar", "digital gold").
        lower_tickers: tickers that are no words and so count in lower case too.
    """

    def __init__(self, catalogue: Catalogue, nothing: Iterable[str] = (), lower_tickers: Iterable[str] = ()) -> None:
        forms: dict[str, list[Form]] = {fold(phrase): [] for phrase in nothing}
        for entry in catalogue.entries:
            for text in entry.forms:
                form = Form(text, entry, text in entry.ambiguous, text in entry.tickers)
                forms.setdefault(fold(text), []).append(form)
        self._forms = [tuple(group) for group in forms.values()]
        self._lower_tickers = frozenset(lower_tickers)
        self._automaton = AhoCorasick(
            forms.keys(), matchkind=MatchKind.Standard, implementation=Implementation.ContiguousNFA
        )

    def find(self, text: str, folded: str) -> Iterator[Hit]:
        """Every occurrence on word borders whose case fits; they may overlap."""
        for pattern, start, end in self._automaton.find_matches_as_indexes(folded, overlapping=True):
            before = text[start - 1] if start else " "
            if before.isalnum() or before in "_@" or not _ends_word(text, end):
                continue
            if before in "&." and end - start == 1 and start > 1 and text[start - 2].isalnum():
                continue  # H&S, U.S
            surface = text[start:end]
            if before in "/.-" and surface[0].islower() and start > 1 and text[start - 2].islower():
                continue  # part of an address
            cashtag = before == "$"
            forms = self._forms[pattern]
            fitting = tuple(form for form in forms if self._fits(form, surface, cashtag=cashtag))
            if fitting or not forms:
                yield Hit(start - cashtag, end, fitting)

    def _fits(self, form: Form, surface: str, *, cashtag: bool) -> bool:
        if surface == form.text:
            return not cashtag or form.ticker or form.entry.type == "ASSET"
        if cashtag:
            return form.ticker
        if form.ticker:
            return surface in self._lower_tickers
        if form.ambiguous or len(form.text) < _LONG:
            return len(surface) > 3 and surface.isupper()
        if surface[0].islower() and not form.text[0].islower():
            return form.entry.type in _IN_LOWER_CASE
        return True


def _ends_word(text: str, end: int) -> bool:
    if end == len(text):
        return True
    after = text[end]
    if after.isalnum() or after in "_$":  # US$5
        return False
    if after in "&-" and text[end + 1 : end + 2].isalnum() and (end < 2 or not text[end - 2].isalnum()):
        return False  # S&P, S-1
    # "coinbase.com" is an address, "Coinbase.The" a lost space.
    return not (after == "." and text[end + 1 : end + 2].islower() and text[end - 1].isalnum())


@per_catalogue
def shipped_forms(nothing: tuple[str, ...], lower_tickers: tuple[str, ...]) -> FormIndex:
    """The index of the catalogue in use, built once."""
    return FormIndex(load_catalogue(), nothing, lower_tickers)
