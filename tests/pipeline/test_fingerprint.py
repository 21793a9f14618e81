"""The encoder's fingerprint: the files that a device reads, and nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING

from narrative.pipeline.fingerprint import encoder_fingerprint

if TYPE_CHECKING:
    from pathlib import Path

FILES = ("encoder.onnx", "encoder.safetensors", "config.json", "tokenizer.json", "heads.json", "decisions.json")


def model(folder: Path, **contents: str) -> Path:
    folder.mkdir()
    for name in FILES:
        (folder / name).write_text(contents.get(name.partition(".")[0], name), "utf-8")
    return folder


def test_it_tells_what_the_files_hold_wherever_they_lie(tmp_path: Path) -> None:
    first = encoder_fingerprint(model(tmp_path / "a"))
    assert first == encoder_fingerprint(model(tmp_path / "b"))
    changed = {
        name: encoder_fingerprint(model(tmp_path / name, **{name: "other"}))
        for name in ("tokenizer", "heads", "decisions")
    }
    assert len({first, *changed.values()}) == 4


def test_a_cpu_and_pytorch_run_other_weights(tmp_path: Path) -> None:
    folder = model(tmp_path / "a")
    assert (
        encoder_fingerprint(folder, "cpu")
        != encoder_fingerprint(folder, "torch")
        == encoder_fingerprint(folder, "cuda")
    )
    card = model(tmp_path / "b")
    (card / "README.md").write_text("a card", "utf-8")
    assert encoder_fingerprint(card) == encoder_fingerprint(folder)


def test_where_no_model_lies_there_is_none(tmp_path: Path) -> None:
    assert encoder_fingerprint(tmp_path) is None
