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
        SettingsError: its files can't be read, or what runs it isn't installed.
    """
    try:
        return Model(folder, device)
    except (OSError, ValueError, KeyError) as error:
        raise SettingsError(f"{folder}: no encoder can be read from there: {error}") from error


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

        from narrative.pipeline.encoder.network import untrained
    except ImportError as error:
        raise SettingsError(f"device {device} needs PyTorch: pip install 'crypto-narrative[torch]'") from error
    place = torch.device("cpu" if device == "torch" else device)
    network = untrained(width, json.loads((folder / "config.json").read_text("utf-8")))
    network.load_state_dict(load_file(folder / "encoder.safetensors"))
    network.eval().to(place)

    def run(ids: NDArray[np.int64], marks: NDArray[np.int64]) -> NDArray[np.float32]:
        with torch.no_grad():
            rows = network(torch.from_numpy(ids[None]).to(place), torch.from_numpy(marks[None]).to(place))
        return rows[0].float().cpu().numpy()  # type: ignore[no-any-return]

    return run
