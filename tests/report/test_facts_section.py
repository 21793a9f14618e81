"""The facts on the page: who tells them, in which sentences, and who disagrees."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from lxml import html
from told_corpora import annotation, corpus_of, day, points_of

from narrative.records import Annotation, Figure, Period, Reference
from narrative.report.facts_section import FACTS, OF_ONE, shown_facts
from narrative.report.findings_page import report_page
from narrative.series.stories import read_stories

if TYPE_CHECKING:
    from pathlib import Path

    from narrative.report.facts_section import ShownFacts

HOSTILE = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>"
SPAN = (day(0), day(14))


def telling(number: int, printed: str = "$523 million", value: float = 523e6, **fields: Any) -> Annotation:
    """A story that tells what went out of the funds on Tuesday."""
    own = {name: fields.pop(name) for name in ("subject", "period", "kind", "attributed_to") if name in fields}
    told = annotation(number, day(2) + timedelta(hours=number), **{"outlet": f"Outlet {number}", **fields})
    start = told.article.text.index("$523 million")
    text = told.article.text.replace("$523 million", printed.ljust(12))
    figure = Figure(
        **{
            "start": start, "end": start + len(printed), "text": printed, "value": value, "unit": "USD", "kind": "flow",
            "measure": "level", "direction": "out", "period": Period(start=day(1).date(), end=day(1).date()),
            "subject": Reference(name="US spot Bitcoin ETFs", id="fund:us-spot-bitcoin-etfs"), "score": 0.9, **own,
        }
    )  # fmt: skip
    return told.model_copy(update={"article": told.article.model_copy(update={"text": text}), "figures": (figure,)})


def shown(tmp_path: Path, *told: Annotation) -> ShownFacts:
    corpus = corpus_of(tmp_path / "corpus", list(told))
    return shown_facts(corpus, read_stories(corpus), SPAN)


def test_supported_and_disputed_facts_come_with_their_sentences(tmp_path: Path) -> None:
    found = shown(
        tmp_path,
        telling(1, attributed_to=Reference(name="SoSoValue")),
        telling(2, "$52 million", 52e6),
        telling(3, "$523.2 m", 523.2e6),
    )
    (supported,), (disputed,) = found.supported, found.disputed
    assert found.number == 1
    assert supported == disputed
    assert (supported.period, supported.subject, supported.value) == (
        "2026-01-06", "US spot Bitcoin ETFs, flow", "−$523.2M",
    )  # fmt: skip
    assert supported.support == "2 stories of 2 outlets, 2 independent sources (SoSoValue)"
    agreed, other = supported.values
    assert ["".join(piece.text for piece in one.sentences[0]) for one in agreed.sources] == [
        "Funds lost $523 million on Tuesday.", "Funds lost $523.2 m     on Tuesday.",
    ]  # fmt: skip
    assert [piece.text for piece in agreed.sources[0].sentences[0] if piece.figure] == ["$523 million"]
    assert (other.words, other.sources[0].outlet) == ("−$52M: likely a slip of magnitude", "Outlet 2")


def test_one_story_one_source_quotes_and_other_days_are_left_out(tmp_path: Path) -> None:
    price = {"kind": "price", "subject": Reference(name="Bitcoin", id="asset:bitcoin")}
    gold = {"subject": Reference(name="GLD")}
    early = {"subject": Reference(name="IBIT"), "period": Period(start=day(-9).date(), end=day(-9).date())}
    found = shown(
        tmp_path, *(telling(n, **price) for n in (1, 2)), telling(3, **gold),
        *(telling(n, subject=Reference(name="FBTC"), outlet="One") for n in (4, 5)),
        *(telling(n, **early) for n in (6, 7)),
    )  # fmt: skip
    assert (list(found.supported), list(found.disputed)) == ([], [])
    assert found.number == 2


def test_no_subject_fills_the_list(tmp_path: Path) -> None:
    told = []
    for number in range(40):
        subject = Reference(name="A fund" if number < 20 else f"Fund {number // 2}")
        of = Period(start=day(1 - number // 2).date(), end=day(1).date())
        told.append(telling(number, subject=subject, period=of))
    corpus = corpus_of(tmp_path / "corpus", told)
    found = shown_facts(corpus, read_stories(corpus), SPAN)
    assert len(found.supported) == FACTS
    assert sum("A fund" in one.subject for one in found.supported) == OF_ONE


def test_what_others_wrote_stays_text_and_links_stay_on_the_web(tmp_path: Path) -> None:
    names = {"subject": Reference(name=HOSTILE), "attributed_to": Reference(name=HOSTILE)}
    told = [
        telling(1, title=HOSTILE, outlet=HOSTILE, url="javascript:alert(1)", **names),
        telling(2, url="https://example.org/a", subject=Reference(name=HOSTILE)),
        telling(3, "$90 million", 90e6, subject=Reference(name=HOSTILE), outlet="Gamma"),
    ]
    corpus = corpus_of(tmp_path / "corpus", told)
    text = report_page(corpus, points_of({"narrative/ai-drains-crypto/share": [0.1] * 14}), None)
    section = html.fromstring(text).get_element_by_id("facts")
    assert not html.fromstring(text).xpath("//script | //img | //*[@onerror]")
    assert set(section.xpath(".//a/@href")) == {"https://example.org/a"}
    said = " ".join(section.text_content().split())
    assert said.count(f"{HOSTILE}, flow") == 2
    assert "−$90M" in said
    assert len(section.xpath(".//blockquote")) == 6


def test_a_page_without_facts_says_so(tmp_path: Path) -> None:
    corpus = corpus_of(tmp_path / "corpus", [annotation(1, day(1))])
    text = report_page(corpus, points_of({"narrative/ai-drains-crypto/share": [0.1] * 14}), None)
    assert "No figure with a subject and a period" in html.fromstring(text).get_element_by_id("facts").text_content()
