"""Records ↔ Arrow, without loss.

The Arrow schema is derived from the pydantic class, so that a new field of a record needs nothing here. Lone surrogates
(half of a UTF-16 pair) are no Unicode text and can't be stored: `to_arrow` refuses them, and an import replaces each by
U+FFFD, one code point for one, so that offsets stay true.
"""

from __future__ import annotations

import types
from datetime import date, datetime
from functools import cache
from typing import TYPE_CHECKING, Annotated, Any, Literal, TypeVar, Union, get_args, get_origin

import pyarrow as pa
from pydantic import AwareDatetime

from narrative.errors import InputError
from narrative.records import Record

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

R = TypeVar("R", bound=Record)

_SCALARS: dict[Any, pa.DataType] = {
    bool: pa.bool_(),
    int: pa.int64(),
    float: pa.float64(),
    str: pa.string(),
    bytes: pa.binary(),
    datetime: pa.timestamp("us", tz="UTC"),
    AwareDatetime: pa.timestamp("us", tz="UTC"),
    date: pa.date32(),
}


@cache
def schema_of(record: type[Record]) -> pa.Schema:
    """The Arrow schema of a record: nested records as structs, tuples as lists, literals as their values."""
    return pa.schema(_fields(record))


def to_arrow(records: Iterable[R], record: type[R]) -> pa.RecordBatch:
    """One row a record.

    Raises:
        InputError: a text holds a lone surrogate.
    """
    rows = [item.model_dump(by_alias=True) for item in records]
    try:
        return pa.RecordBatch.from_pylist(rows, schema=schema_of(record))
    except UnicodeEncodeError as error:
        raise InputError(record.__name__, f"a lone surrogate at character {error.start} is no text") from error


def from_arrow(rows: pa.RecordBatch | pa.Table, record: type[R]) -> Iterator[R]:
    """The records of the rows; columns that are none of the record's are left out."""
    wanted = rows.select(schema_of(record).names)
    for row in wanted.to_pylist():
        yield record.model_validate(row)


def _fields(record: type[Record]) -> list[pa.Field]:
    return [_field(info.alias or name, info.annotation) for name, info in record.model_fields.items()]


def _field(name: str, annotation: Any) -> pa.Field:
    kind, nullable = _without_null(annotation)
    return pa.field(name, _type(kind), nullable=nullable)


def _without_null(annotation: Any) -> tuple[Any, bool]:
    if get_origin(annotation) is Annotated:
        return _without_null(get_args(annotation)[0])
    if get_origin(annotation) in {Union, types.UnionType}:
        kinds = [kind for kind in get_args(annotation) if kind is not types.NoneType]
        if len(kinds) != 1:
            raise TypeError(f"no Arrow type for {annotation}")
        return _without_null(kinds[0])[0], len(kinds) < len(get_args(annotation))
    return annotation, False


def _type(kind: Any) -> pa.DataType:
    if get_origin(kind) is Literal:
        return _SCALARS[type(get_args(kind)[0])]
    if get_origin(kind) is tuple:
        return pa.list_(_field("element", get_args(kind)[0]))
    if isinstance(kind, type) and issubclass(kind, Record):
        return pa.struct(_fields(kind))
    if kind in _SCALARS:
        return _SCALARS[kind]
    raise TypeError(f"no Arrow type for {kind}")
