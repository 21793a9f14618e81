"""A corpus: a folder of append-only Delta tables that one process at a time writes to.

Anything that reads Delta Lake reads it (Polars, DuckDB, Spark, pandas through `Corpus.dataset`). `corpus.json` tells
the format; the tables and what they mean are in `narrative.store.tables`.
"""

from __future__ import annotations

import json
import shutil
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from narrative.errors import CorpusError, MissingExtra, SettingsError

try:
    import deltalake
    import pyarrow as pa
    from deltalake.exceptions import DeltaError, TableNotFoundError
except ImportError as error:
    raise MissingExtra("corpus", "a corpus") from error

from narrative.store.lock import exclusive
from narrative.store.tables import DERIVED, TABLES, table_schema

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import pyarrow.dataset as ds

FORMAT = 1
MARKER = "corpus.json"
LOCK = "writer.lock"
SPARE_BYTES = 2_000_000  # beside the rows before they are packed: the log of a commit
READ_ROWS = 250  # rows a batch when reading; an article may be long

_WRITTEN = "narrative"  # the application whose transaction number is the last batch of a table
_DERIVED_FROM = "annotations"  # … and the last batch of annotations that a derived table holds

# Statistics of long texts would swell the log; these columns are what files are skipped by.
_STATISTICS = ("batch", "key", "id", "article_id", "outlet", "published", "available", "run")


def open_corpus(path: str | Path, *, create: bool = False) -> Corpus:
    """Open a corpus, or make a new one in an empty or absent folder.

    Raises:
        CorpusError: there is none, it is damaged, or a newer version of the package made it.
    """
    location = str(path)
    if "://" in location:
        raise CorpusError(f"{location}: a corpus in an object store is not supported yet; name a local folder")
    folder = Path(location).expanduser()
    marker = folder / MARKER
    try:
        if not marker.exists():
            if not create or folder.is_file():
                raise CorpusError(
                    f"{folder}: {_absent(folder)}; make one with `narrative import FILE… --corpus {folder}`"
                )
            _create(folder)
        found = json.loads(marker.read_text("utf-8"))
        version = found["format"]
    except OSError as error:
        raise CorpusError(f"{folder}: {error.strerror or error}") from error
    except (ValueError, KeyError, TypeError) as error:
        raise CorpusError(f"{marker}: damaged; it should read {json.dumps({'format': FORMAT})}") from error
    if not isinstance(version, int) or version > FORMAT:
        raise CorpusError(
            f"{folder}: format {version} is of a newer narrative; this one reads {FORMAT}: upgrade crypto-narrative"
        )
    return Corpus(folder)


def corpus_location(given: str | None, settings: str | None) -> str:
    """Where the corpus is: what was given, else what the settings say.

    Raises:
        SettingsError: neither says.
    """
    location = given or settings
    if location is None:
        raise SettingsError('which corpus? Say --corpus FOLDER, or write `corpus = "FOLDER"` into narrative.toml')
    return location


def _absent(folder: Path) -> str:
    if not folder.exists():
        return "there is no such corpus"
    return "this folder is no corpus" if folder.is_dir() else "this is a file, and a corpus is a folder"


def _create(folder: Path) -> None:
    foreign = (
        [item.name for item in folder.iterdir() if not item.name.startswith((".", "narrative."))]
        if folder.exists()
        else []
    )
    if [name for name in foreign if name != LOCK and name not in TABLES]:
        raise CorpusError(f"{folder}: this folder holds other things; name a new or an empty one")
    folder.mkdir(parents=True, exist_ok=True)
    # Written aside and renamed, so that a kill leaves no half marker.
    fresh = folder / f".{MARKER}"
    fresh.write_text(json.dumps({"format": FORMAT}) + "\n", "utf-8")
    fresh.replace(folder / MARKER)


class Corpus:
    """An open corpus; `open_corpus` makes one."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._tables: dict[str, deltalake.DeltaTable] = {}
        self._writing = False

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Be the one writer for a while.

        Raises:
            CorpusError: another process writes, or the folder can't be written to.
        """
        if self._writing:
            yield
            return
        with ExitStack() as held:
            try:
                held.enter_context(exclusive(self.folder / LOCK))
            except OSError as error:
                raise CorpusError(f"{self.folder}: can't be written to: {error.strerror or error}") from error
            self._writing = True
            try:
                for name in TABLES:
                    self._ensure(name)
                yield
            finally:
                self._writing = False

    def dataset(self, name: str) -> ds.Dataset:
        """A table as a PyArrow dataset, which DuckDB and Polars scan; `to_table().to_pandas()` is for pandas."""
        table = self._table(name)
        if table is None:
            import pyarrow.dataset

            return pyarrow.dataset.dataset(table_schema(name).empty_table())
        return self._dataset(name, table)

    def count(self, name: str) -> int:
        """How many rows a table has."""
        table = self._table(name)
        return int(table.count()) if table else 0

    def version(self, name: str) -> int | None:
        """The Delta version of a table; null before its first commit."""
        table = self._table(name)
        return table.version() if table else None

    def last_batch(self, name: str) -> int:
        """The number of a table's last commit of rows, 0 if none."""
        table = self._table(name)
        return (table.transaction_version(_WRITTEN) if table else None) or 0

    def derived_until(self, name: str) -> int:
        """The last batch of annotations that a derived table holds, 0 if none."""
        table = self._table(name)
        return (table.transaction_version(_DERIVED_FROM) if table else None) or 0

    def read(
        self, name: str, columns: Sequence[str] | None = None, *, after: int = 0, until: int | None = None
    ) -> Iterator[pa.RecordBatch]:
        """The rows of the batches `after` < batch <= `until`, in the order of writing, a few at a time."""
        table = self._table(name)
        if table is None:
            return
        import pyarrow.compute as pc

        names = list(columns or table_schema(name).names)
        dataset = self._dataset(name, table)
        fragments = {fragment.path: fragment for fragment in dataset.get_fragments()}
        within = pc.field("batch") > after
        if until is not None:
            within &= pc.field("batch") <= until
        for path in self._files(table, after, until):
            yield from fragments[path].to_batches(
                schema=dataset.schema,
                columns=names,
                filter=within,
                batch_size=READ_ROWS,
                batch_readahead=2,
                fragment_readahead=1,
            )

    def append(self, name: str, rows: pa.RecordBatch | pa.Table) -> int:
        """Commit rows to a table (all its columns but `batch`) and return the number of their batch."""
        if name in DERIVED:
            raise ValueError(f"{name} is derived; `narrative.store.derived` writes it")
        batch = self.last_batch(name) + 1
        numbers = pa.array([batch] * rows.num_rows, pa.int64())
        schema = table_schema(name)
        columns = [numbers if field.name == "batch" else rows.column(field.name) for field in schema]
        self._commit(name, pa.Table.from_arrays(columns, schema=schema), "append", _WRITTEN, batch)
        return batch

    def derive(self, name: str, rows: pa.Table, until: int, *, replace: bool = False) -> None:
        """Commit rows of a derived table and, in the same transaction, up to which batch of annotations it goes."""
        self._commit(name, rows, "overwrite" if replace else "append", _DERIVED_FROM, until)

    def _dataset(self, name: str, table: deltalake.DeltaTable) -> ds.Dataset:
        from pyarrow.fs import LocalFileSystem, SubTreeFileSystem

        # Delta's own file system is a Python object; Arrow's threads let go of it after Python has ended, and abort.
        root = (self.folder / name).absolute().as_posix()
        return table.to_pyarrow_dataset(filesystem=SubTreeFileSystem(root, LocalFileSystem()))

    def _files(self, table: deltalake.DeltaTable, after: int, until: int | None) -> list[str]:
        actions = pa.table(table.get_add_actions(flatten=True))
        if actions.num_rows == 0:
            return []
        files = zip(*(actions.column(name).to_pylist() for name in ("min.batch", "path", "max.batch")), strict=True)
        return [path for low, path, high in sorted(files) if high > after and (until is None or low <= until)]

    def _table(self, name: str) -> deltalake.DeltaTable | None:
        try:
            if name not in self._tables:
                if not (self.folder / name / "_delta_log").is_dir():
                    return None
                self._tables[name] = deltalake.DeltaTable(str(self.folder / name))
            elif not self._writing:  # a writer knows its own commits, a reader looks for those of others
                self._tables[name].update_incremental()
        except TableNotFoundError:  # killed while it was made
            return None
        except (DeltaError, OSError) as error:
            raise CorpusError(f"{self.folder / name}: this table is damaged: {_first_line(error)}") from error
        return self._tables[name]

    def _ensure(self, name: str) -> None:
        self._tables.pop(name, None)
        if self._table(name) is not None:
            return
        schema = table_schema(name)
        statistics = ",".join(column for column in _STATISTICS if column in schema.names)
        try:
            self._tables[name] = deltalake.DeltaTable.create(
                str(self.folder / name),
                schema=deltalake.Schema.from_arrow(schema),
                mode="ignore",
                configuration={"delta.dataSkippingStatsColumns": statistics},
            )
        except (DeltaError, OSError) as error:
            raise CorpusError(f"{self.folder}: can't be written to: {_first_line(error)}") from error

    def _commit(self, name: str, rows: pa.Table, mode: Any, application: str, number: int) -> None:
        if not self._writing:
            raise CorpusError(f"{self.folder}: write inside `with corpus.writing():`")
        # Seen beforehand, because Delta's own words about a full disk are no clear line.
        free = shutil.disk_usage(self.folder).free
        if free < rows.nbytes + SPARE_BYTES:
            raise CorpusError(
                f"{self.folder}: the disk is full ({free / 1e6:,.1f} MB are left); what was committed before is kept, "
                "so free some space and run the same command again"
            )
        try:
            deltalake.write_deltalake(
                self._tables[name],
                rows.combine_chunks(),  # as one batch: of several, Delta would change the order
                mode=mode,
                writer_properties=deltalake.WriterProperties(compression="ZSTD"),
                commit_properties=deltalake.CommitProperties(
                    app_transactions=[deltalake.Transaction(application, number)]
                ),
            )
        except (DeltaError, OSError) as error:
            raise CorpusError(
                f"{self.folder / name}: could not be written (what was committed before is kept): {_first_line(error)}"
            ) from error


def _first_line(error: BaseException) -> str:
    return next(iter(str(error).splitlines()), type(error).__name__)[:300]
