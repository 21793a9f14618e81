"""A tokenizer whose time grows linearly with the text, whatever the text.

spaCy's own is quadratic in a run without spaces. This one is a single pass of one regular expression whose every
alternative is either bounded or consumes what it has scanned. `doc.text == text` always holds.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from spacy.tokens import Doc
from spacy.util import registry

from narrative.pipeline.document import register_extensions

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from spacy.language import Language
    from spacy.vocab import Vocab

_TOKEN = re.compile(
    r"""
      https?://[^\s<>"“”]+
    | [A-Za-z0-9_+-][A-Za-z0-9_.+-]{0,63}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,4}   # addresses
    | [@\#]\w+                                                              # handles and hashtags
    | (?:[^\W\d_]\.){2,}                                                    # U.S., e.g.
    | \d+(?:[.,]\d+)*                                                       # 1,234.5
    | [\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]                             # scripts without spaces: a character each
    | [^\W\d_\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]
      [\w\u0300-\u036f]*(?:['’](?!s\b)[^\W\d_]+)?                           # words, don't in one
    | ['’]s\b
    | \s+
    | ([^\w\s])\1*                                                          # a run of one sign is one token
    | .
    """,
    re.VERBOSE | re.DOTALL,
)


class LinearTokenizer:
    """Splits text into words, numbers and signs; single spaces belong to the token before them."""

    def __init__(self, vocab: Vocab) -> None:
        self.vocab = vocab

    def __call__(self, text: str) -> Doc:
        """Tokenize `text` without loss."""
        words: list[str] = []
        spaces: list[bool] = []
        for match in _TOKEN.finditer(text):
            piece = match.group()
            if piece.isspace() and words and piece[0] == " ":
                spaces[-1] = True
                piece = piece[1:]
            if piece:
                words.append(piece)
                spaces.append(False)
        return Doc(self.vocab, words=words, spaces=spaces)

    # spaCy saves and loads every tokenizer; this one has no state of its own.

    def to_bytes(self, **_: Any) -> bytes:
        """Nothing to save."""
        return b""

    def from_bytes(self, _data: bytes, **_: Any) -> LinearTokenizer:
        """Nothing to load."""
        return self

    def to_disk(self, _path: str | Path, **_: Any) -> None:
        """Nothing to save."""

    def from_disk(self, _path: str | Path, **_: Any) -> LinearTokenizer:
        """Nothing to load."""
        return self


@registry.tokenizers("narrative.Tokenizer.v1")  # type: ignore[untyped-decorator]  # catalogue has no types
def create_tokenizer() -> Callable[[Language], LinearTokenizer]:
    """The factory that a saved pipeline names; it also declares what a `Doc` carries."""
    register_extensions()

    def create(nlp: Language) -> LinearTokenizer:
        return LinearTokenizer(nlp.vocab)

    return create
