from __future__ import annotations

import readme


def test_the_tables_are_those_of_the_measured_files() -> None:
    written = readme.README.read_text("utf-8")
    assert written == readme.with_tables(written), "run `python scripts/readme.py`"


def test_every_page_that_the_readme_names_exists() -> None:
    written = readme.README.read_text("utf-8")
    named = [link for link in readme.re.findall(r"\]\(([^)#]+)[^)]*\)", written) if "://" not in link]
    assert len(named) > 5
    assert [link for link in named if not (readme.ROOT / link).exists()] == []
