"""Prices, their alignment with series, and the tests of one against the other."""

from __future__ import annotations

from narrative.errors import MissingExtra

try:
    import pandas  # noqa: F401  # asked for here, once, for every module of the package
except ImportError as error:
    raise MissingExtra("corpus", "testing series against prices") from error
