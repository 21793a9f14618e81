"""Settings: where they are found, and what they may hold."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from narrative.errors import SettingsError
from narrative.project import Project, load_project, read_duration

EVERYTHING = """
corpus = "store"
outlets = "outlets.toml"
contact = "desk@example.org"
zone = "America/New_York"
close = "16:00 America/New_York"
embargo = "15m"
prices = ["prices.csv", "BTC"]
hypotheses = "https://example.org/h.toml"

[map]
text = "title+body"
"""


def test_everything_with_paths_from_the_file_s_folder(tmp_path: Path) -> None:
    (tmp_path / "narrative.toml").write_text(EVERYTHING)
    (tmp_path / "prices.csv").touch()
    project = load_project(tmp_path / "narrative.toml")
    assert project.corpus == str(tmp_path / "store")
    assert project.prices == (str(tmp_path / "prices.csv"), "BTC")
    assert project.hypotheses == "https://example.org/h.toml"
    assert project.map == {"text": "title+body"}


def test_the_corpus_folder_comes_before_the_working_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    corpus, here = tmp_path / "corpus", tmp_path / "here"
    for folder in (corpus, here):
        folder.mkdir()
        (folder / "narrative.toml").write_text(f'contact = "{folder.name}"')
    monkeypatch.chdir(here)
    assert load_project(corpus=corpus).contact == "corpus"
    assert load_project().contact == "here"
    assert load_project(corpus=tmp_path / "other").contact == "here"
    (here / "narrative.toml").unlink()
    assert load_project() == Project()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("colour = 1", "unknown key 'colour'; there are corpus"),
        ("[map]\ntext = 1", "map.text"),
        ('zone = "Mars"', "zone 'Mars'"),
        ('zone = "../../etc/passwd"', "no such time zone"),
        ('embargo = "soon"', "embargo 'soon'"),
        ("corpus = [", "narrative.toml"),
        ('contact = "\ud800"', "narrative.toml"),
    ],
)
def test_settings_that_mean_nothing_name_the_file(tmp_path: Path, text: str, message: str) -> None:
    file = tmp_path / "narrative.toml"
    file.write_bytes(text.encode("utf-8", "surrogatepass"))
    with pytest.raises(SettingsError) as caught:
        load_project(file)
    assert str(caught.value).startswith(str(file))
    assert message in str(caught.value)


def test_a_file_that_is_not_there() -> None:
    with pytest.raises(SettingsError, match=r"nowhere\.toml: No such file"):
        load_project(Path("nowhere.toml"))


@pytest.mark.parametrize(("text", "seconds"), [("90s", 90), ("15m", 900), ("2h", 7200), (" 1 d ", 86_400)])
def test_durations(text: str, seconds: int) -> None:
    assert read_duration(text) == timedelta(seconds=seconds)
