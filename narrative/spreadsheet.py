"""Cells that no spreadsheet runs."""

from __future__ import annotations


def safe_cell(value: object) -> object:
    """A cell that no spreadsheet takes for a formula: text that could begin one gets an apostrophe in front."""
    if isinstance(value, str) and value.lstrip(" ")[:1] in {"=", "+", "-", "@", "\t", "\r", "\n"}:
        return "'" + value
    return value
