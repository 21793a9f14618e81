"""What runs the network: ONNX Runtime with the int8 weights, or PyTorch with the float ones, on a CPU or a GPU.

Both take one window at a time, unpadded: with dynamic int8 a batch's company would change an answer, and on a CPU a
batch gains nothing.
"""

from __future__ import annotations

import json
from functools import cache
from typing import TYPE_CHECKING, Protocol

from narrative.errors import SettingsError
from narrative.pipeline.encoder.decisions import Decisions, read_decisions
from narrative.pipeline.encoder.layout import Layout, read_layout
from narrative.resources import shipped

if TYPE_CHECKING:
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray


_BESIDE = ("tokenizer.json", "heads.json", "decisions.json")


class Backend(Protocol):
    """The network, however it is run."""

    def __call__(self, ids: NDArray[np.int64], marks: NDArray[np.int64]) -> NDArray[np.float32]:
        """One window.

        Args:
            ids: shape (pieces,), the two frame pieces included.
            marks: shape (pieces, 3).

        Returns:
            Head columns, shape (pieces, width).
        """


class Model:
    """A trained model in its folder.

    `encoder.onnx` and `encoder.safetensors` hold the weights, `config.json` their shape, `tokenizer.json` the word
    pieces, `heads.json` the columns of the output, `decisions.json` calibration and thresholds.

    Args:
        folder: where it lies.
        device: `cpu` runs the int8 weights; `torch` and `cuda` the float ones, where the extra `torch` is installed.
    """

    def __init__(self, folder: Path, device: str = "cpu") -> None:
        self.folder = folder
        self.device = device
        self.layout: Layout = read_layout(folder / "heads.json")
        self.decisions: Decisions = read_decisions(folder / "decisions.json")
        self.run: Backend = _onnx(folder) if device == "cpu" else _torch(folder, self.layout.width, device)


def encoder_path() -> Path:
    """The shipped encoder."""
    return shipped("models", "encoder")


@cache
def load_model(folder: Path, device: str = "cpu") -> Model:
    """A model, loaded once a process.

    Raises:
        SettingsError: its files can't be read, or what runs it isn't there.
    """
    missing = [name for name in files_of(device) if not (folder / name).is_file()]
    if missing:
        raise SettingsError(f"{folder}: no encoder can be read from there: {', '.join(missing)} not found")
    try:
        return Model(folder, device)
    except SettingsError:
        raise
    except Exception as error:  # those of onnxruntime, safetensors and torch have nothing in common
        raise SettingsError(f"{folder}: no encoder can be read from there: {error}") from error


def files_of(device: str) -> tuple[str, ...]:
    """The files that a model is read from on a device: a CPU runs other weights than PyTorch does."""
    return ("encoder.onnx", *_BESIDE) if device == "cpu" else ("encoder.safetensors", "config.json", *_BESIDE)


def _onnx(folder: Path) -> Backend:
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 3
    session = onnxruntime.InferenceSession(str(folder / "encoder.onnx"), options, providers=["CPUExecutionProvider"])

    def run(ids: NDArray[np.int64], marks: NDArray[np.int64]) -> NDArray[np.float32]:
        (rows,) = session.run(None, {"ids": ids[None], "marks": marks[None]})
        return rows[0]  # type: ignore[no-any-return]

    return run


def _torch(folder: Path, width: int, device: str) -> Backend:
    try:
        import torch
        from safetensors.torch import load_file

        from narrative.pipeline.encoder.network import unpacked, untrained
    except ImportError as error:
        raise SettingsError(f"device {device} needs PyTorch: pip install 'crypto-narrative[torch]'") from error
    if device == "cuda" and not torch.cuda.is_available():
        raise SettingsError("device cuda needs a GPU that PyTorch can use; say --device cpu or torch")
    place = torch.device("cpu" if device == "torch" else device)
    network = untrained(width, json.loads((folder / "config.json").read_text("utf-8")))
    network.load_state_dict(unpacked(load_file(folder / "encoder.safetensors")))
    network.eval().to(place)

    def run(ids: NDArray[np.int64], marks: NDArray[np.int64]) -> NDArray[np.float32]:
        with torch.no_grad():
            rows = network(torch.from_numpy(ids[None]).to(place), torch.from_numpy(marks[None]).to(place))
        return rows[0].float().cpu().numpy()  # type: ignore[no-any-return]

    return run
