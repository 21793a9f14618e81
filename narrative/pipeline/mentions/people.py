"""Names of people: forms that are only part of one, surnames after full names."""

from __future__ import annotations

import re
from bisect import bisect_right
from typing import TYPE_CHECKING

from narrative.catalogue.forms import fold
from narrative.pipeline.mentions.lexicon import entity_data, first_names
from narrative.pipeline.mentions.mention import Mention

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from narrative.catalogue.forms import Hit
    from narrative.pipeline.mentions.context import Context

_FIRST_NAME_BEFORE = re.compile(r"(?<![\w$@#'’.-])([A-Z][a-zà-öø-ÿ]+) (?:[A-Z]\. )?$")
_SURNAME_AFTER = re.compile(r" ([A-Z][a-zà-öø-ÿ]+(?:-[A-Z][a-zà-öø-ÿ]+)?)(?![\w-])")
_CAPITALISED = re.compile(r"(?<![\w$@#’'.-])(?:[DO][’'])?[A-Z][^\W\d_]+(?:-[A-Z][^\W\d_]+)*(?!\w)")
_NO_SURNAMES = frozenset(
    ["Jr", "Jr.", "Sr", "Sr.", "III", "II", "Crypto", "Trader", "Capital", "family", "twins", "brothers"]
)


def is_part_of_a_name(hit: Hit, context: Context) -> bool:
    """Whether a form is the first or last name of somebody else: “Taylor Swift”, “Claude Monet”."""
    text = context.text
    surface = text[hit.start : hit.end]
    if not hit.forms or not surface.isalpha() or not surface.istitle() or context.style(hit.start) == "capitals":
        return False
    if "ASSET" in {form.entry.type for form in hit.forms} and not any(form.ambiguous for form in hit.forms):
        return _has_surname(hit, context)
    return _has_first_name(hit, context) or _has_surname(hit, context)


def _has_first_name(hit: Hit, context: Context) -> bool:
    before = _FIRST_NAME_BEFORE.search(context.text[max(0, hit.start - 24) : hit.start])
    if before is None or before[1] not in first_names():
        return False
    start = hit.start - len(before.group())
    careful = context.in_title_case(start) or context.begins_sentence(start)
    return not (careful and before[1] in entity_data().unknown["headline"]["names"])


def _has_surname(hit: Hit, context: Context) -> bool:
    text = context.text
    if text[hit.start : hit.end] not in first_names() or context.in_title_case(hit.start):
        return False
    after = _SURNAME_AFTER.match(text, hit.end, hit.end + 24)
    return after is not None and after[1] not in entity_data().not_surnames


def namesakes(mentions: Sequence[Mention]) -> list[Mention]:
    """The mentions, with surnames given to the private people whose full names the text gives before.

    “Dana Powell joined … Powell will lead”: not the one of the Federal Reserve, unless the text names him in full.
    """
    named = {
        mention.entry.id
        for mention in mentions
        if mention.type == "PERSON" and mention.entry and mention.end - mention.start >= len(mention.name)
    }
    private: dict[str, Mention] = {}
    changed: list[Mention] = []
    for mention in mentions:
        if mention.type == "PERSON" and mention.entry is None and " " in mention.name:
            private[fold(mention.name.rpartition(" ")[2])] = mention
        elif mention.type == "PERSON" and mention.entry and mention.entry.id not in named:
            surname = fold(mention.name.rpartition(" ")[2])
            bearer = private.get(surname)
            if bearer is not None and mention.end - mention.start == len(surname):
                changed.append(mention._replace(entry=None, name=bearer.name, evidence="surname"))
                continue
        changed.append(mention)
    return changed


def surnames(text: str, mentions: Sequence[Mention]) -> Iterator[Mention]:
    """Surnames of people whose full names the text gives; the latest before wins, else the first after."""
    bearers: dict[str, list[Mention]] = {}
    for mention in mentions:
        if mention.type != "PERSON" or not mention.score:
            continue
        words = [word for word in mention.name.split() if word not in _NO_SURNAMES]
        if len(words) > 1 and words[-1][0].isupper() and len(words[-1]) > 1:
            bearers.setdefault(fold(words[-1]), []).append(mention)
            if mention.entry is None and words[0].isalpha() and len(words[0]) > 4:  # private people, by first name
                bearers.setdefault(fold(words[0]), []).append(mention)
    if not bearers:
        return
    taken = {mention.start for mention in mentions}
    starts = {surname: [mention.start for mention in held] for surname, held in bearers.items()}
    for match in _CAPITALISED.finditer(text):
        surname = fold(match.group())
        if surname in bearers and match.start() not in taken:
            bearer = bearers[surname][max(0, bisect_right(starts[surname], match.start()) - 1)]
            yield Mention(match.start(), match.end(), bearer.entry, "PERSON", bearer.name, "surname")
