"""What speaks for a form being the name of an entry, in the order of how much it says.

Evidence comes from the mention itself (a cashtag, a ticker in parentheses), from the words beside it, from what the
words around are about, from other names in the text, and from a capital where a plain word would have none.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from narrative.catalogue.forms import Form, Hit, fold
from narrative.pipeline.mentions.lexicon import entity_data

if TYPE_CHECKING:
    from collections.abc import Container, Mapping

    from narrative.pipeline.mentions.context import Context

_BESIDE = 24  # characters in which the word before or after is looked for
_WORD_BEFORE = re.compile(r"([\w$'’.&-]+)(?:, | |,)?$")
_WORD_AFTER = re.compile(r" ([\w$'’.&-]+)")
_AMOUNT_BEFORE = re.compile(r"\d[\d.,]*\s?(?:[kKmMbB]|thousand|million|billion)?\s?$")
_EXCHANGE_BEFORE = re.compile(
    r"(?:NASDAQ|Nasdaq|NYSE|NYSE American|OTC|OTCQX|TSX|CBOE|Cboe|AMEX|ticker|symbol)[:\s]{1,2}[“\"$]?$"
)
_FORMERLY = re.compile(r", (?:formerly|previously|once|founded by|owned by|led by|headed by|run by)\b")
_APPOSITION = re.compile(r", (?:the|an?|which|whose|backed|based)\b")
_MOVED = re.compile(
    r" (\w+) (?:by |to |below |above |as much as |more than |nearly |about |around |over |another )?[$\d]"
)


def evidence(
    hit: Hit, form: Form, context: Context, spoken: Mapping[str, int], beside: Container[str] = frozenset()
) -> str:
    """The best evidence for a form standing for its entry, as a key of `entities_certainty.toml`; empty for none.

    Args:
        hit: where the form was found.
        form: one of the forms that the hit can be.
        context: the text around.
        spoken: how often each entry is named elsewhere by a form that can be nothing else.
        beside: types of the things that the mention is listed with ("Solana, Cardano and …").
    """
    shouted = context.style(hit.start) == "capitals"
    if not form.ambiguous and not (shouted and form.ticker and fold(form.text) in entity_data().capitals):
        return _plain(hit, form, context)
    text = context.text
    if form.ticker and _is_written_as_ticker(hit, text):
        return "ticker"
    if _is_followed_by_own_ticker(hit, form, text):
        return "ticker"
    if _means_something_else(hit, form, context):
        return ""
    if form.ticker and len(form.text) == 1:
        return ""
    if spoken.get(form.entry.id) and not (shouted and form.ticker):
        return "spoken"
    if _has_class_word(hit, form, context):
        return "class"
    if form.entry.type in beside and not _follows_determiner(hit, context):
        return "listed"
    if _moves(hit, form, context):
        return "moves"
    if _follows_determiner(hit, context) and form.entry.type not in ("INSTITUTION", "POLICY", "INDEX", "PERSON"):
        return ""
    near = context.near(hit.start, hit.end)
    loose = not context.begins_sentence(hit.start) and _is_loose(hit, form, context)
    if any(_says(near, fold(word)) for word in _own_words(form) if not loose or word != word.lower()):
        return "context"
    if form.ticker:
        return ""
    if text[hit.end : hit.end + 2] in ("'s", "’s") and not loose and not _is_bare_opener(hit, form, context):
        return "possessive"
    if _is_subject(hit, form, context):
        return "subject"
    shouted = len(form.text) > 1 and form.text.isupper()  # an acronym stands out whatever it means
    return "capital" if not shouted and _stands_out(hit, context) else ""


def _plain(hit: Hit, form: Form, context: Context) -> str:
    if _means_something_else(hit, form, context):
        return ""
    if context.text[hit.start].islower() and fold(form.text) in entity_data().never_lower:
        return ""
    if form.ticker:
        return "plain ticker"
    return "plain"


def _own_words(form: Form) -> list[str]:
    """Words that go with the entry: its own, and those that tell it from others of its name."""
    rule = entity_data().readings.get(fold(form.text))
    told = rule["words"].get(form.entry.id, ()) if rule else ()
    own = entity_data().own.get(form.entry.id, ())
    return [word for word in (*form.entry.context, *told, *own) if fold(word) != fold(form.text)]


def _is_loose(hit: Hit, form: Form, context: Context) -> bool:
    """Whether the form's capital is no more than that of a headline or of a name it is only part of."""
    before = _WORD_BEFORE.search(context.text[max(0, hit.start - _BESIDE) : hit.start])
    after_name = bool(
        before and before.group().endswith(" ") and before[1][0].isupper() and not before[1].endswith(("'s", "’s"))
    )
    if fold(form.text) in entity_data().bare_words:
        return context.in_title_case(hit.start) or after_name
    return context.in_title_case(hit.start) and after_name


def says(near: str, words: tuple[str, ...]) -> int:
    """How many of the words a folded text holds, each on its borders, singular or plural."""
    return sum(_says(near, word) for word in words)


def _says(near: str, word: str) -> bool:
    return word in near and bool(_word_pattern(word).search(near))


@cache
def _word_pattern(word: str) -> re.Pattern[str]:
    left = r"(?<!\w)" if word[0].isalnum() else ""
    right = r"s?(?!\w)" if word[-1].isalnum() else ""
    return re.compile(left + re.escape(word) + right)


def _means_something_else(hit: Hit, form: Form, context: Context) -> bool:
    """Whether words nearby tell of the planet, the animal or the town of the same name, and none of the entry."""
    words = entity_data().elsewhere.get(fold(form.text))
    if not words:
        return False
    near = context.near(hit.start, hit.end)
    return bool(says(near, words)) and not any(_says(near, fold(word)) for word in form.entry.context)


def _is_written_as_ticker(hit: Hit, text: str) -> bool:
    before, after = text[max(0, hit.start - _BESIDE) : hit.start], text[hit.end : hit.end + 5]
    return (
        text[hit.start] == "$"
        or (before.endswith("(") and after.startswith(")"))
        or after.startswith(("/USD", "-USD", "/BTC", "USDT"))
        or bool(_EXCHANGE_BEFORE.search(before))
        or (len(text[hit.start : hit.end]) > 1 and bool(_AMOUNT_BEFORE.search(before)) and before[-1:] == " ")
    )


def _is_followed_by_own_ticker(hit: Hit, form: Form, text: str) -> bool:
    """“Quant (QNT)”, “Story ($IP)”."""
    after = text[hit.end : hit.end + 16]
    return after.startswith(" (") and any(
        after.startswith((f" ({ticker})", f" (${ticker})")) for ticker in form.entry.tickers
    )


def _has_class_word(hit: Hit, form: Form, context: Context) -> bool:
    data = entity_data()
    text = context.text
    before = _WORD_BEFORE.search(text[max(0, hit.start - _BESIDE) : hit.start])
    after = _WORD_AFTER.match(text, hit.end, hit.end + _BESIDE)
    if form.ticker and (form.entry.type != "ASSET" or len(form.text) < 3):
        return False
    if before and before[1].casefold() in data.before.get(form.entry.type, ()):
        strict = form.ticker or text[hit.start - 2 : hit.start] == ", "
        if not strict or before[1].casefold() in data.asset_words:
            return True
    if (
        before
        and before[1][0].isupper()
        and context.in_title_case(hit.start)
        and text[hit.start - 2].isalnum()
        and before[1].casefold() not in data.no_verbs
    ):
        return False  # “European Arm Wins Licence”
    return bool(after and after[1].casefold().rstrip(".").removesuffix("'s") in data.after.get(form.entry.type, ()))


def _follows_determiner(hit: Hit, context: Context) -> bool:
    """“a circle”, “the Strategy”, with no class word after it."""
    before = _WORD_BEFORE.search(context.text[max(0, hit.start - _BESIDE) : hit.start])
    return bool(before and before.group().endswith(" ") and before[1].casefold() in entity_data().determiners)


def _is_bare_opener(hit: Hit, form: Form, context: Context) -> bool:
    return fold(form.text) in entity_data().owners and context.begins_sentence(hit.start)


def _moves(hit: Hit, form: Form, context: Context) -> bool:
    """“Pepe fell 9%”, “FLOW rose to $2”: something that has a price."""
    if form.entry.type not in ("ASSET", "COMPANY"):
        return False
    moved = _MOVED.match(context.text, hit.end, hit.end + 40)
    return bool(moved and moved[1].casefold() in entity_data().moves) and not _follows_determiner(hit, context)


def _is_subject(hit: Hit, form: Form, context: Context) -> bool:
    """A word that needs an article begins a sentence without one: “Circle filed”, “Oracle, the software firm,”."""
    text, data = context.text, entity_data()
    if not context.begins_sentence(hit.start) or context.in_title_case(hit.start):
        return False
    if _FORMERLY.match(text, hit.end):
        return True
    after = _WORD_AFTER.match(text, hit.end, hit.end + _BESIDE)
    if after and after[1] == "to":
        then = _WORD_AFTER.match(text, after.end(), after.end() + _BESIDE)
        return bool(then and _is_verb(then[1].rstrip(".")))
    if fold(form.text) in data.bare_words:
        return bool(after and after[1] in data.agents)
    if _APPOSITION.match(text, hit.end):
        return True
    return bool(after and not form.text.isupper() and _is_verb(after[1].rstrip(".")))


def _is_verb(word: str) -> bool:
    data = entity_data()
    if not word.islower() or word in data.no_verbs:
        return False
    return (
        word in data.verbs
        or (word.endswith("s") and word[:-1] in data.verbs)
        or (word.endswith("es") and word[:-2] in data.verbs)
        or (word.endswith("ed") and len(word) > 4 and "-" not in word)
    )


def _stands_out(hit: Hit, context: Context) -> bool:
    """A capital between two plain words of a plain sentence, or after the name of whose it is."""
    text = context.text
    if context.begins_sentence(hit.start) or context.in_title_case(hit.start):
        return False
    before = _WORD_BEFORE.search(text[max(0, hit.start - _BESIDE) : hit.start])
    if not before:
        return False
    last = before[1].rpartition("-")[2]
    owned = before[1].endswith(("'s", "’s"))
    if not owned and not (last and last[0].islower()):
        return False
    after = text[hit.end : hit.end + 2]
    return not (after[:1] in (" ", "-") and (after[1:2].isupper() or after[1:2].isdigit()))
