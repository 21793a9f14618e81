from __future__ import annotations

import pickle
import subprocess
import sys

import pytest

import narrative
from narrative import errors


def test_the_public_names_are_these() -> None:
    assert sorted(narrative.__all__) == [
        "AddressRefused", "Annotation", "Article", "Corpus", "CorpusError", "FetchError", "Finding", "Findings",
        "InputError", "MissingExtra", "NarrativeError", "NarrativeWarning", "Page", "Point", "RobotsRefused",
        "SettingsError", "UndatedWarning", "annotate", "annotate_batch", "build_series", "correlate", "export_series",
        "json_schema", "load", "open_corpus", "pipeline_path", "read_catalogue", "read_prices", "read_series",
    ]  # fmt: skip


@pytest.mark.parametrize("name", narrative.__all__)
def test_every_public_name_can_be_used(name: str) -> None:
    assert getattr(narrative, name) is not None
    assert name in dir(narrative)


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="mood"):
        narrative.mood  # noqa: B018 - the access is the test


def test_importing_the_package_imports_nothing_heavy() -> None:
    heavy = {"spacy", "pydantic", "numpy", "pandas", "scipy", "torch", "trafilatura"}
    code = f"import sys, narrative; print(*sorted({heavy} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == []


@pytest.mark.parametrize(
    "error",
    [
        errors.InputError("a.html", "is empty"),
        errors.RobotsRefused("https://a.example", "no"),
        errors.MissingExtra("pdf", "reading a PDF"),
    ],
)
def test_errors_cross_process_borders(error: errors.NarrativeError) -> None:
    again = pickle.loads(pickle.dumps(error))  # noqa: S301 - our own object
    assert type(again) is type(error)
    assert str(again) == str(error)
    assert vars(again) == vars(error)


def test_the_error_tree_in_the_docstring_is_the_tree() -> None:
    drawn = {word for line in (errors.__doc__ or "").splitlines() for word in line.replace("─", " ").split()[:4]}
    classes = {
        name for name, value in vars(errors).items()
        if isinstance(value, type) and issubclass(value, errors.NarrativeError)
    }  # fmt: skip
    assert classes <= drawn
