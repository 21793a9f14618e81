from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest
from lxml import etree, html
from told_corpora import annotation, corpus_of, day, finding, findings_of, points_of

from narrative.report.findings_page import report_page
from narrative.report.sober import conclusion, finding_rows
from narrative.report.titles import series_title

if TYPE_CHECKING:
    from pathlib import Path

    from narrative.results import Findings
    from narrative.store.corpus import Corpus

HOSTILE = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>"
OVERCLAIMS = re.compile(
    r"\b(predict|forecast|caus(es|ed)|prov(es|ed|en)|driv(es|en)|lead(s|ing) indicator|signal)", re.IGNORECASE
)
COURSE = [90.0, 100.0, 180.0, 120.0, None, 95.0, 90.0, 80.0, 85.0, 90.0, 110.0, 160.0, 100.0, 90.0]


@pytest.fixture
def corpus(tmp_path: Path) -> Corpus:
    return corpus_of(tmp_path / "corpus", [annotation(number, day(number)) for number in range(14)])


def points(**more: list[float | None]) -> pd.DataFrame:
    return points_of(
        {
            "narrative/ai-drains-crypto/index": COURSE,
            "narrative/ai-drains-crypto/share": [0.1] * 14,
            "stance/ai": [0.1] * 14,
            "stance/crypto": [-0.1] * 14,
            "stance/spread": [0.2] * 14,
            "flow/fund:us-spot-bitcoin-etfs/D": [1e8, -5.23e8, None, 2e8, 1e8, -1e8],
            **more,
        },
        thin=(7, 8),
    )


def prices(assets: tuple[str, ...] = ("BTC", "NVDA")) -> pd.DataFrame:
    days = pd.date_range("2026-01-01", periods=30, name="date")
    return pd.DataFrame({asset: [90_000.0 + 500 * number for number in range(30)] for asset in assets}, index=days)


def page(corpus: Corpus, frame: pd.DataFrame | None = None, findings: Findings | None = None, **more: Any) -> str:
    return report_page(corpus, points() if frame is None else frame, findings, **{"prices": prices(), **more})


def words(text: str) -> str:
    root = html.fromstring(text)
    for style in root.iter("style"):
        style.text = ""
    return " ".join("".join(root.itertext()).split())


def svgs(text: str) -> list[etree._Element]:
    return [etree.fromstring(svg) for svg in re.findall(r'<svg class="chart".*?</svg>\n', text, re.DOTALL)]


def test_the_page_is_whole_and_needs_nothing_else(corpus: Corpus) -> None:
    text = page(corpus, findings=findings_of(finding(), finding(role="secondary", test="reverse", lag=-1)))
    etree.fromstring(text.removeprefix("<!doctype html>"))  # every element is closed
    root = html.fromstring(text)
    assert "default-src 'none'" in root.xpath("//meta[@http-equiv='Content-Security-Policy']/@content")[0]
    assert not root.xpath("//script | //link | //img | //iframe | //*[@src] | //*[starts-with(name(@*), 'on')]")
    assert not re.search(r"url\(|@import|https?:", text)
    assert [heading.text for heading in root.iter("h2")] == [
        "In short", "Narratives and price", "Findings", "Facts that outlets report", "Behind the highest points",
        "Coverage", "Method",
    ]  # fmt: skip
    identifiers = root.xpath("//@id")
    assert len(identifiers) == len(set(identifiers))
    assert set(root.xpath("//a/@href[starts-with(., '#')]")) <= {f"#{name}" for name in identifiers}
    assert not root.xpath("//table//th[not(@scope)]")
    assert all(svg.find("title") is not None and svg.find("desc") is not None for svg in svgs(text))
    assert len(svgs(text)) == 4
    assert not re.search(r"\b(nan|NaT|None|inf)\b", text)
    assert len(text.encode()) < 200_000


def test_what_others_wrote_stays_text(tmp_path: Path) -> None:
    hostile = annotation(
        1, day(2), title=HOSTILE, outlet=HOSTILE, url="javascript:alert(1)", narratives=("ai-boom", HOSTILE)
    )
    linked = annotation(2, day(2), title="Linked", url="https://example.org/?a=1&b=\u00e4", narratives=(HOSTILE,))
    told = [0.1, 0.2, 0.4, 0.1]
    frame = points_of({f"narrative/{name}/share": told for name in ("ai-boom", "<b>bold", '"onmouseover="alert(1)')})
    found = findings_of(finding(series=HOSTILE, asset=HOSTILE, significant=True))
    corpus = corpus_of(tmp_path / "corpus", [hostile, linked])
    text = page(corpus, frame, found, prices=prices((HOSTILE,)), title=HOSTILE, settings={"note": HOSTILE})
    root = html.fromstring(text)
    assert not root.xpath("//script | //img | //*[@onerror] | //*[@onmouseover] | //b")
    assert HOSTILE in root.findtext(".//h1")
    assert root.findtext(".//bdi") == HOSTILE
    assert not root.xpath("//a[not(starts-with(@href, '#'))]")
    for svg in svgs(text):
        assert not list(svg.iter("script", "img"))


def test_links_lead_to_the_web_only(tmp_path: Path) -> None:
    told = [
        annotation(1, day(1), url="https://example.org/?a=1&b=2"),
        annotation(2, day(1), url="javascript:alert(1)"),
    ]
    root = html.fromstring(page(corpus_of(tmp_path, told)))
    links = root.xpath("//a[not(starts-with(@href, '#'))]")
    assert {link.get("href") for link in links} == {"https://example.org/?a=1&b=2"}
    assert {link.get("rel") for link in links} == {"noopener noreferrer nofollow"}


def test_missing_thin_and_burn_in_days_are_drawn(corpus: Corpus) -> None:
    late = [None] * 3 + COURSE[3:]
    charted, *_, coverage = svgs(page(corpus, points(**{"narrative/ai-drains-crypto/index": late})))
    assert charted.xpath(".//rect[@class='shade']")
    assert "burn-in" in "".join(charted.itertext())
    assert charted.xpath(".//path[@class='line thin series']")
    (line,) = charted.xpath(".//path[@class='line series']/@d")
    assert line.count("M") == 2  # before the thin days and after them
    assert charted.xpath(".//path[@class='dot series']")  # before the missing day
    assert coverage.xpath(".//path[@class='bar thin']")
    assert not coverage.xpath(".//path[@class='bar missing']")


def test_days_without_a_story_are_marked(tmp_path: Path) -> None:
    corpus = corpus_of(tmp_path, [annotation(number, day(number)) for number in range(14) if number != 4])
    *_, coverage = svgs(page(corpus))
    assert coverage.xpath(".//path[@class='bar missing']")


def test_an_index_in_its_burn_in_gives_way_to_the_share(corpus: Corpus) -> None:
    text = page(corpus, points(**{"narrative/ai-drains-crypto/index": [None] * 12 + [100.0, 101.0]}))
    assert "AI drains crypto: share of stories" in text
    assert "burn-in</text>" not in text


def test_peaks_are_numbered_and_open_their_articles(corpus: Corpus) -> None:
    root = html.fromstring(page(corpus))
    assert root.xpath("//text[@class='peak']/text()") == ["1", "2"]
    first, second = root.xpath("//details[@class='evidence']")
    assert (
        "2026-01-07: 180 (144 to 216); 3 of that day's 10 stories"
        in first.findtext("summary") + first.find("summary")[0].tail
    )
    assert [item.text for item in first.xpath(".//div[@class='headline']")] == ["Story 2", "Story 1", "Story 0"]
    assert len(second.xpath(".//li")) == 7  # a week
    assert first.xpath(".//mark[@class='figure']/text()")[0] == "$523 million"


def test_secondary_findings_are_no_headline(corpus: Corpus) -> None:
    strong = finding(role="secondary", test="same-time", lag=0, q=0.0001, significant=True, family="same-time")
    text = page(corpus, findings=findings_of(finding(), strong))
    root = html.fromstring(text)
    assert root.xpath("//p[@class='lead']/text()") == ["No series led any price beyond what chance gives."]
    assert len(root.xpath("//section[@id='findings']//tr[ancestor::details]")) == 2
    assert "moved in the same bar as BTC" not in words(text[: text.index('id="charts"')])


def test_a_significant_finding_is_headed_in_sober_words(corpus: Corpus) -> None:
    text = page(corpus, findings=findings_of(finding(significant=True, q=0.012), finding(asset="NVDA")))
    lead = html.fromstring(text).xpath("//p[@class='lead']/text()")[0]
    assert lead == (
        "1 of 2 headline tests went beyond chance: “AI drains crypto, index” came before BTC by 2 bars, in the "
        "opposite direction (q = 0.012)."
    )
    assert not OVERCLAIMS.search(words(text))


def test_what_can_be_concluded_is_said_with_its_errors() -> None:
    said = " ".join(conclusion(findings_of(finding())))
    for part in (
        "12 tests were declared", "160 bars from 2026-01-05 to 2026-06-14",
        "11 of them could not be run", "fires in 4.8% of cases (3% to 7.3%)",
        "a correlation of 0.30 would be found in 62% of cases", "in 9 of 12 pairs with the price's level and in 4 with",
        "no cause",
    ):  # fmt: skip
        assert part in said
    assert "was not measured" in " ".join(conclusion(findings_of(finding(), measured=False)))


def test_rows_begin_with_the_strongest() -> None:
    rows = finding_rows((finding(q=0.9), finding(q=0.2, lag=3), finding(q=0.04, significant=True)), "primary")
    assert [row.q for row in rows] == ["0.040", "0.200", "0.900"]
    assert rows[0].value == "−0.21 (−0.35 to −0.06)"
    assert rows[1].words == "no evidence that it came before BTC"


def test_what_could_not_be_tested_is_told(corpus: Corpus) -> None:
    left_out = [{"series": "stance/ai", "asset": "BTC", "reason": "a hole <of> 51 days"}, "odd"]
    found = findings_of(finding()).model_copy(update={"manifest": {"left_out": left_out}})
    assert "1 declared pair could not be tested" in words(page(corpus, findings=found))
    row = html.fromstring(page(corpus, findings=found)).xpath("//table[caption='Not tested']/tbody/tr")[0]
    assert [cell.text for cell in row] == ["Stance towards AI", "BTC", "a hole <of> 51 days"]
    odd = found.model_copy(update={"manifest": {"left_out": 3}})
    assert "could not be tested" not in words(page(corpus, findings=odd))


def test_many_findings_are_folded(corpus: Corpus) -> None:
    found = findings_of(*(finding(q=number / 50, p=number / 100) for number in range(40)))
    root = html.fromstring(page(corpus, findings=found))
    assert len(root.xpath("//section[@id='findings']/div//tbody/tr")) == 30
    assert len(root.xpath("//section[@id='findings']/details//tbody/tr")) == 10


def test_nothing_to_show_is_said(tmp_path: Path) -> None:
    text = page(corpus_of(tmp_path, []), points_of({}), None, prices=None)
    said = words(text)
    assert "holds no story that can be counted" in said
    assert "Nothing was tested against prices" in said
    assert "<svg" not in text


def test_no_findings_no_prices(corpus: Corpus) -> None:
    said = words(page(corpus, prices=None))
    assert "Nothing was tested against prices, so this page says what was told" in said
    assert "daily close" not in said


def test_somebody_elses_points_will_do(corpus: Corpus) -> None:
    frame = points()[["time", "series", "value"]]
    text = page(corpus, frame, findings_of(finding()))
    assert "180" in text
    assert "'s 0 stories" not in words(text)


def test_series_of_other_kinds_are_drawn_and_said_to_be_of_a_file(corpus: Corpus) -> None:
    frame = points_of({"mood": [1.0, 3.0, None, 2.0], "empty": [None] * 4})[["time", "series", "value"]]
    text = page(corpus, frame, findings_of(finding("mood", significant=True)))
    assert next(svg.findtext("title") for svg in svgs(text)) == "mood"
    assert "not made from this corpus" in words(text)
    assert "empty" not in [svg.findtext("title") for svg in svgs(text)]


def test_stories_are_those_of_the_time_of_the_series(corpus: Corpus) -> None:
    frame = points()
    assert "14 stories" in words(page(corpus, frame))
    earlier = frame.assign(
        **{name: frame[name] - pd.Timedelta(days=400) for name in ("time", "period_start", "period_end", "available")}
    )
    said = words(page(corpus, earlier, prices=None))
    assert "No story of this corpus is of the time of these series" in said
    assert "This page counts" not in said


def test_names_of_outlets_are_short_and_turn_nothing_round(tmp_path: Path) -> None:
    names = ["evil\u202egnp", "x" * 300]
    told = [annotation(number, day(number), outlet=name) for number, name in enumerate(names)]
    text = page(corpus_of(tmp_path, told))
    assert "evil gnp" in text
    assert "\u202e" not in text.partition("<pre")[0]
    assert "x" * 61 not in text


def test_what_nobody_told_is_no_chart_and_has_no_peak(corpus: Corpus) -> None:
    frame = points_of({"narrative/defi/share": [0.0] * 3, "narrative/ai-boom/share": [0.0, 0.2, 0.0]})
    [titles] = [[svg.findtext("title") for svg in svgs(page(corpus, frame)) if svg.get("role")]]
    assert "AI boom: share of stories" in titles
    assert not [title for title in titles if title.startswith("DeFi")]
    assert len(html.fromstring(page(corpus, frame)).xpath("//*[local-name()='circle'][@class='peak']")) == 1


def test_prices_with_gaps_and_other_days(corpus: Corpus) -> None:
    days = pd.to_datetime(["2025-01-01", "2026-01-06", "2026-01-07", "2026-01-08", "2026-01-17"])
    odd = pd.DataFrame({"BTC": [1.0, 100.0, float("nan"), -5.0, 110.0]}, index=days)
    charted = svgs(page(corpus, prices=odd))[0]
    assert charted.xpath(".//path[@class='dot price']/@d")[0].count("M") == 2


def test_only_the_most_told_are_charted_and_what_was_found(corpus: Corpus) -> None:
    many = {f"narrative/told-{letter}/share": [0.1, 0.2] for letter in "abcdefghij"}
    frame = points_of(many)
    frame.loc[frame["series"] == "narrative/told-j/share", "hits"] = 0
    titles = [svg.findtext("title") for svg in svgs(page(corpus, frame))]
    assert titles[:8] == [f"told-{letter}: share of stories" for letter in "abcdefgh"]
    found = findings_of(finding("narrative/told-j/share", significant=True))
    assert "told-j: share of stories" in [svg.findtext("title") for svg in svgs(page(corpus, frame, found))]


def test_the_manifest_says_what_the_page_is_made_from(corpus: Corpus) -> None:
    text = page(
        corpus, findings=findings_of(finding()), settings={"zone": "UTC"}, created=datetime(2026, 2, 1, tzinfo=UTC)
    )
    manifest = html.fromstring(text).findtext(".//pre")
    for part in (
        '"vintages": [\n   "v1"',
        '"seed": 7',
        '"zone": "UTC"',
        "2026-02-01",
        '"annotations_version"',
        '"rules": "r"',
    ):
        assert part in manifest


@pytest.mark.parametrize(
    ("series", "title"),
    [
        ("narrative/ai-bubble/share", "AI bubble, share of stories"),
        ("narrative/of-somebody/index", "of-somebody, index"),
        ("stance/spread/ex-price", "Stance, AI less crypto (without sentences about prices)"),
        ("flow/fund:us-spot-bitcoin-etfs/W", "Reported flows of US spot Bitcoin ETFs, weekly"),
        ("flow/fund:nobody/D", "Reported flows of fund:nobody, daily"),
        ("google/trends", "google/trends"),
    ],
)
def test_series_have_names(series: str, title: str) -> None:
    assert series_title(series) == title
