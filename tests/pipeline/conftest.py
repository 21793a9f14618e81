"""What the tests of the pipeline share."""

from __future__ import annotations

import pytest

from narrative.pipeline.encoder.backends import Model, encoder_path, load_model


@pytest.fixture(scope="session")
def shipped_encoder() -> Model:
    """The encoder that ships."""
    return load_model(encoder_path())
