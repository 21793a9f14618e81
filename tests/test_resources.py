from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from narrative import resources

ROOT = Path(__file__).parent.parent
ASK = """
import narrative, spacy
from narrative.resources import shipped
print(narrative.__file__, narrative.pipeline_path(), shipped("corpus", "sample"), sep="\\n")
print(spacy.load(narrative.pipeline_path()).pipe_names)
"""


def ask(folder: Path, path: Path) -> list[Path]:
    """Where a Python started in `folder` with `path` first finds the package, the pipeline and the sample."""
    done = subprocess.run(
        [sys.executable, "-c", ASK],
        cwd=folder,
        env={"PYTHONPATH": str(path)},
        capture_output=True,
        text=True,
        check=True,
    )
    *places, components = done.stdout.splitlines()
    assert "figures" in components
    return [Path(place) for place in places]


def test_a_checkout_finds_what_lies_beside_the_package(tmp_path: Path) -> None:
    package, pipeline, sample = ask(tmp_path, ROOT)
    assert package == ROOT / "narrative" / "__init__.py"
    assert pipeline == ROOT / "models" / "narrative_en"
    assert (sample / "prices.csv").is_file()


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> zipfile.ZipFile:
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder), str(ROOT)]
    subprocess.run(build, check=True, capture_output=True)
    return zipfile.ZipFile(next(folder.glob("*.whl")))


def test_a_wheel_finds_what_was_built_into_it(wheel: zipfile.ZipFile, tmp_path: Path) -> None:
    wheel.extractall(tmp_path / "site")
    package, pipeline, sample = ask(tmp_path, tmp_path / "site")
    assert package == tmp_path / "site" / "narrative" / "__init__.py"
    assert pipeline.is_relative_to(tmp_path / "site")
    assert (sample / "prices.csv").is_file()


def test_a_wheel_holds_every_file_of_the_package(wheel: zipfile.ZipFile) -> None:
    held = set(wheel.namelist())
    package = [path.relative_to(ROOT) for path in (ROOT / "narrative").rglob("*") if path.is_file()]
    files = {path.as_posix() for path in package if not any(part.startswith((".", "__pycache")) for part in path.parts)}
    assert files <= held
    assert not [name for name in held if name.startswith(("tests/", "scripts/", "docs/"))]


def test_the_saved_pipeline_is_what_the_code_builds(tmp_path: Path) -> None:
    from narrative.pipeline.load import build

    build().to_disk(tmp_path)
    for name in ("config.cfg", "meta.json"):
        saved = (resources.pipeline_path() / name).read_text("utf-8")
        assert saved == (tmp_path / name).read_text("utf-8"), "run `python scripts/build_pipeline.py`"
