from __future__ import annotations

import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

import numpy as np
import pytest
from models_by_hand import ModelByHand

from narrative.errors import SettingsError
from narrative.extract.sources import read_sources
from narrative.pipeline.encoder.backends import Model, encoder_path, load_model
from narrative.pipeline.encoder.decisions import softmax
from narrative.pipeline.encoder.reading import read, reading_with, where_in_use
from narrative.pipeline.encoder.windows import LONGEST
from narrative.pipeline.load import load
from narrative.records import Article
from narrative.resources import shipped

if TYPE_CHECKING:
    from pathlib import Path

    from spacy.tokens import Doc

    from narrative.pipeline.encoder.encoding import Encoding

PAGES = 24  # of the sample; about 300 sentences
CHOICES = ("stance_ai", "stance_crypto", "comparison")  # heads that name a label for a sentence
CHANCES = ("camps", "explains", "boilerplate")  # and heads whose labels each hold or don't


def doc_of(text: str) -> Doc:
    """A text ready to be encoded."""
    nlp = load()
    doc = nlp.make_doc(text)
    for name in ("sentences", "mentions"):
        doc = nlp.get_pipe(name)(doc)
    return doc


# How a text is read


def test_a_long_text_is_read_in_windows_and_each_piece_answered_for_once() -> None:
    model = ModelByHand({"gold": {"camps": {"crypto": 7}}})
    text = "Gold fell on Monday, they said. Nothing else happened in the town hall. " * 60
    said = read(doc_of(text), model)
    assert len(model.windows) > 3
    assert max(model.windows) <= LONGEST + 2
    gold = said.rows[:, said.layout.values["camps"].start + 1] == 7
    assert [text[at : at + 4] for at in said.pieces.starts[gold]] == ["Gold"] * 60
    assert len(said.rows) == len(said.pieces.ids)
    assert said.meanings.shape == (len(said.sentences), 384)


@pytest.mark.parametrize("text", ["", " ", "\x1c\x85\u2028", "\u200b", "\x00\x01", "\n\n\u200d \ufeff"])
def test_a_text_without_words_is_read(text: str) -> None:
    said = read(doc_of(text), ModelByHand({}))
    assert said.rows.shape[0] == len(said.pieces.ids)
    assert said.meanings.shape == (len(said.sentences), 384)


def test_the_model_in_use_is_the_one_of_the_block() -> None:
    model = ModelByHand({})
    with reading_with(model):
        with reading_with(None):
            assert load().get_pipe("encoder")(doc_of("Bitcoin fell.")) is not None
        assert model.windows
    assert where_in_use() == (encoder_path(), "cpu")


def test_meanings_have_length_one_and_near_sentences_are_near(shipped_encoder: Model) -> None:
    text = "Bitcoin fell sharply on Monday. The price of bitcoin dropped a lot. A chef bakes bread in Lisbon."
    meanings = read(doc_of(text), shipped_encoder).meanings
    assert np.linalg.norm(meanings, axis=1) == pytest.approx(np.ones(3), abs=1e-5)
    near, far = meanings[0] @ meanings[1], meanings[0] @ meanings[2]
    assert near > far + 0.2


def test_company_changes_no_answer(shipped_encoder: Model) -> None:
    text = "Bitcoin fell because of tariffs."
    alone = read(doc_of(text), shipped_encoder)
    read(doc_of("Ether rose. " * 50), shipped_encoder)
    again = read(doc_of(text), shipped_encoder)
    assert np.array_equal(alone.rows, again.rows)
    assert np.array_equal(alone.meanings, again.meanings)


# What runs it


def sample_texts() -> list[str]:
    pages = sorted(str(page) for page in shipped("corpus", "sample", "pages").rglob("*.html"))
    articles = [item for item in read_sources(pages[:: len(pages) // PAGES]) if isinstance(item, Article)]
    return [article.text for article in articles]


def labels(said: Encoding) -> dict[str, list[object]]:
    """By head, what is said of each sentence, as a label."""
    named = {
        head: [said.likeliest(head, said.probabilities(head, [stretch])) for stretch in said.sentences]
        for head in CHOICES
    }
    held = {
        head: [tuple(said.probabilities(head, [stretch]) >= said.threshold(head)) for stretch in said.sentences]
        for head in CHANCES
    }
    return named | held


def test_int8_weights_say_what_the_float_weights_say(shipped_encoder: Model) -> None:
    reason = "what the encoder is trained with is in the extra torch"
    for module in ("torch", "transformers", "safetensors"):
        pytest.importorskip(module, reason=reason)
    floats = load_model(encoder_path(), "torch")
    pairs = [(read(doc, shipped_encoder), read(doc, floats)) for doc in map(doc_of, sample_texts())]
    told = [(labels(int8), labels(float32)) for int8, float32 in pairs]
    same = {head: [a == b for x, y in told for a, b in zip(x[head], y[head], strict=True)] for head in told[0][0]}
    assert all(len(each) > 200 for each in same.values())
    assert np.mean(list(same.values())) >= 0.99
    for int8, float32 in pairs:
        assert (int8.meanings * float32.meanings).sum(axis=1).min() > 0.97
        columns = int8.layout.values["stance_crypto"]
        chances = [softmax(said.rows[:, columns].astype(np.float32)) for said in (int8, float32)]
        assert np.abs(chances[0] - chances[1]).mean() < 0.02


@pytest.mark.parametrize("device", ["cpu", "torch"])
def test_a_folder_that_lacks_a_file_is_no_model(tmp_path: Path, device: str) -> None:
    for path in encoder_path().glob("*.json"):
        shutil.copy(path, tmp_path)
    weights = {"cpu": "encoder.onnx", "torch": "encoder.safetensors"}[device]
    with pytest.raises(SettingsError, match=f"no encoder can be read from there: {weights} not found"):
        load_model(tmp_path, device)


def test_files_that_hold_something_else_are_refused(tmp_path: Path) -> None:
    for path in encoder_path().glob("*.json"):
        shutil.copy(path, tmp_path)
    (tmp_path / "encoder.onnx").write_bytes(b"no network")
    with pytest.raises(SettingsError, match="no encoder can be read from there"):
        load_model(tmp_path)


def test_without_pytorch_its_devices_say_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "torch", None)
    with pytest.raises(SettingsError, match=r"device cuda needs PyTorch: pip install 'crypto-narrative\[torch\]'"):
        load_model(encoder_path(), "cuda")


def test_without_a_gpu_cuda_is_refused() -> None:
    torch = pytest.importorskip("torch", reason="PyTorch, which would use the GPU, is in the extra torch")
    if torch.cuda.is_available():
        pytest.skip("there is a GPU")
    with pytest.raises(SettingsError, match="say --device cpu or torch"):
        load_model(encoder_path(), "cuda")


def test_telling_how_the_command_is_used_loads_no_network() -> None:
    code = (
        "import sys\nfrom narrative.cli import main\nsys.argv = ['narrative', *sys.argv[1:]]\n"
        "try:\n    main()\nexcept SystemExit:\n    pass\n"
        "print(*{'onnxruntime', 'tokenizers', 'torch', 'spacy'} & set(sys.modules), file=sys.stderr)"
    )
    for arguments in (["--help"], ["annotate", "--help"]):
        done = subprocess.run([sys.executable, "-c", code, *arguments], capture_output=True, text=True, check=True)
        assert "annotate" in done.stdout
        assert done.stderr.split() == []
