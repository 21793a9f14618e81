"""Funds named by what they hold: “US spot Bitcoin ETFs”, “BlackRock's Ether ETF”, “crypto investment products”.

From each head (ETF, fund …) the words before it are read backwards: asset, kind of fund, country, issuer.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

from narrative.catalogue.entries import load_catalogue, per_catalogue
from narrative.pipeline.mentions.lexicon import entity_data
from narrative.pipeline.mentions.mention import Mention

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from narrative.catalogue.entries import Entry

_HEAD = re.compile(
    r"\b(?:ET[FPN]s?|exchange[ -‑]traded (?:fund|product|note)s?"
    r"|(?P<loose>(?:investment )?(?:fund|product|trust)s?))(?!\w)",
    re.IGNORECASE,
)
_TICKER_BEFORE = re.compile(r" ?\(\$?[A-Z]{2,6}\)$")
_MIDDLE = re.compile(r"[ -‑](?:spot|futures|staking|based|linked|focused|backed|tracking)$", re.IGNORECASE)
_KIND = re.compile(r"(?<!\w)(spot|short|staked|leveraged|inverse|2x|physical|futures)[ -]$", re.IGNORECASE)
_COUNTRY = re.compile(r"(?<!\w)(?:US|U\.S\.|United States|American)(?:[ -‑](?:listed|traded|based))?[ -]$")
_GENERIC = re.compile(r"(?<!\w)(crypto|cryptocurrency|digital[ -]asset|altcoin|memecoin|ai)$", re.IGNORECASE)
_COUNTRY_ONLY = re.compile(r"(?<!\w)(?:US|U\.S\.)(?:[ -‑](?:listed|based))? (?:spot )?$", re.IGNORECASE)
_BARE_TICKER = re.compile(r"(?<!\w)\$?([A-Z]{3,5})$")
_WINDOW = 48


def find_fund_groups(text: str, mentions: Sequence[Mention]) -> Iterator[Mention]:
    """Mentions of funds by asset, issuer and country, given the mentions of the names in them."""
    assets = {mention.end: mention for mention in mentions if mention.type == "ASSET"}
    issuers = {mention.end: mention for mention in mentions if mention.type == "COMPANY"}
    others = {mention.end: mention for mention in mentions if mention.type not in ("ASSET", "COMPANY")}
    counts = Counter(mention.entry.id for mention in mentions if mention.type == "ASSET" and mention.entry)
    for head in _HEAD.finditer(text):
        start = head.start()
        if not start or text[start - 1] not in " -‑":
            continue
        loose = head["loose"] is not None
        plural = text[head.end() - 1] in "sS"
        found = _read_backwards(text, start, assets, issuers, loose=loose, plural=plural)
        if found is None and not loose:
            found = _ticker_or_country(text, start, assets, issuers, others, counts)
        if found is not None:
            begin, entry, name = found
            yield Mention(begin, head.end(), entry, "FUND", name, "fund")


def _read_backwards(
    text: str,
    at: int,
    assets: Mapping[int, Mention],
    issuers: Mapping[int, Mention],
    *,
    loose: bool,
    plural: bool,
) -> tuple[int, Entry | None, str] | None:
    end = at - 1
    middle = ""
    for _ in range(3):
        match = _MIDDLE.search(text, max(0, end - 10), end) or _TICKER_BEFORE.search(text, max(0, end - 9), end)
        if match is None or end in assets:
            break
        middle += match.group().lower()
        end = match.start()
    asset = assets.get(end)
    generic = None if asset else _GENERIC.search(text, max(0, end - 16), end)
    if asset is None and generic is None:
        return None
    start = asset.start if asset else generic.start() if generic else end
    kinds = middle
    for _ in range(2):
        match = _KIND.search(text, max(0, start - 12), start)
        if match is None:
            break
        kinds += " " + match[1].lower()
        start = match.start()
    country = _COUNTRY.search(text, max(0, start - 24), start)
    if country:
        start = country.start()
    issuer, begin = _issuer(text, start, issuers)
    if loose and not (plural or "spot" in kinds or "staked" in kinds or issuer):
        return None
    if generic is not None:
        if "product" in text[at : at + 24] or not loose or plural:
            kind = generic[1].lower()
            return start, _group(entity_data().fund_generic[kind]), entity_data().fund_generic[kind]
        return None
    if asset is None or asset.entry is None:
        return None
    if issuer is not None and not plural:
        fund = _fund_of(issuer, asset.entry.id, text[asset.start : asset.end], staked="stak" in kinds)
        if fund is not None:
            return begin, fund, fund.name
        if issuer.entry is not None and issuer.entry.id in _issuers() and begin != start and not loose:
            return begin, None, f"{issuer.name} {asset.name} ETF"
    name = _group_name(asset.entry, kinds)
    return start, _group(name), name


def _issuer(text: str, start: int, issuers: Mapping[int, Mention]) -> tuple[Mention | None, int]:
    """The issuer directly before, and where a mention that holds it begins: a possessive stays outside."""
    if text[start - 1 : start] != " ":
        return None, start
    if text[start - 3 : start - 1] in ("'s", "’s"):
        return issuers.get(start - 3), start
    issuer = issuers.get(start - 1)
    return issuer, issuer.start if issuer else start


def _group_name(asset: Entry, kinds: str) -> str:
    if "futures" in kinds:
        return f"{asset.name} futures ETFs"
    if "short" in kinds or "inverse" in kinds:
        return f"short {asset.name} ETPs"
    return entity_data().fund_names.get(asset.id, f"spot {asset.name} ETFs")


def _ticker_or_country(
    text: str,
    at: int,
    assets: Mapping[int, Mention],
    issuers: Mapping[int, Mention],
    others: Mapping[int, Mention],
    counts: Counter[str],
) -> tuple[int, Entry | None, str] | None:
    end = at - 1
    fund = others.get(end)
    if fund is not None and fund.type == "FUND":
        return fund.start, fund.entry, fund.name
    country = _COUNTRY_ONLY.search(text, max(0, at - 24), at)
    if country and "spot" in country.group().lower():
        ether = counts["asset:ethereum"] > counts["asset:bitcoin"]
        name = "US spot Ether ETFs" if ether else "US spot Bitcoin ETFs"
        return country.start(), _group(name), name
    bare = _BARE_TICKER.search(text, max(0, end - 7), end)
    if bare and end not in assets and end not in issuers and end not in others and not _is_shouted(text, bare.start()):
        return bare.start(), None, bare[1]
    return None


def _is_shouted(text: str, at: int) -> bool:
    """Whether the words around are all in capitals, so that capitals make no ticker."""
    around = text[max(0, at - _WINDOW) : at]
    return not any(letter.islower() for letter in around)


@per_catalogue
def _funds() -> dict[tuple[str, str], list[Entry]]:
    """Funds by issuer and asset."""
    funds: dict[tuple[str, str], list[Entry]] = {}
    for entry in load_catalogue().entries:
        if entry.type != "FUND":
            continue
        held = [ident for ident in entry.belongs_to if ident.startswith("asset:")] or [""]
        for issuer in entry.belongs_to:
            for asset in held:
                funds.setdefault((issuer, asset), []).append(entry)
    return funds


@per_catalogue
def _issuers() -> frozenset[str]:
    return frozenset(issuer for issuer, _ in _funds())


def _fund_of(issuer: Mention, asset: str, written: str, *, staked: bool) -> Entry | None:
    """A spot fund of an issuer on an asset: the one whose ticker is what was written, else the first."""
    if issuer.entry is None:
        return None
    funds = [fund for fund in _funds().get((issuer.entry.id, asset), ()) if not fund.name.startswith("BITX")]
    if staked:
        every = _funds().get((issuer.entry.id, ""), [])
        funds = [fund for fund in every if any("Staked" in alias for alias in fund.aliases)] or funds
    return next((fund for fund in funds if fund.name == written), funds[0] if funds else None)


def _group(name: str) -> Entry | None:
    return load_catalogue().by_name.get(name)
