"""The local engine: a few processes on this machine, bounded memory, the same rows whatever their number."""

from __future__ import annotations

import os
import queue
import subprocess
import sys
import threading
from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as NotYet
from contextlib import suppress
from itertools import chain, islice
from typing import TYPE_CHECKING

from narrative.catalogue.entries import load_catalogue
from narrative.catalogue.taxonomy import load_taxonomy
from narrative.errors import NarrativeError
from narrative.store.reading import join, read_batch, refused
from narrative.store.worker import pack, receive, resolve, send, unpack_readings

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator

    import pyarrow as pa

    from narrative.store.reading import Readings

READER = "narrative.pipeline.annotate:annotate_with_meanings"
FEW = 50  # articles that are read sooner than a worker has started
IN_FLIGHT = 2  # batches a worker: one being read, one waiting
BATCHES_A_WORKER = 40  # then it is replaced, so that whatever leaks stays small
BATCH_SECONDS = 1_800.0  # a batch that takes longer hangs
ARTICLE_SECONDS = 300.0
_POLL = 0.2  # seconds between looks at whether to stop


class LocalEngine:
    """Annotates in `workers` processes (default: one a core), or in this one where there is little to read.

    Args:
        workers: how many processes.
        reader: `package.module:function` of what reads a batch.
    """

    def __init__(self, workers: int | None = None, reader: str = READER) -> None:
        self.workers = workers or os.cpu_count() or 1
        self._reader = reader

    def annotate(self, batches: Iterator[pa.RecordBatch], stop: threading.Event) -> Generator[Readings, None, None]:
        """The readings of each batch, in the order of the batches; after `stop` only of those that are done."""
        feed = iter(batches)
        head = list(islice(feed, 2))
        if len(head) == 1 and head[0].num_rows < FEW:
            yield read_batch(head[0], resolve(self._reader))
        elif head:
            from narrative.pipeline.encoder.reading import where_in_use

            _, device = where_in_use()
            in_use = load_catalogue().additions, load_taxonomy().additions, device
            with _Pool(self.workers, self._reader, tuple(part.encode() for part in in_use)) as pool:
                yield from _in_order(pool, chain(head, feed), stop)


def _in_order(pool: _Pool, batches: Iterator[pa.RecordBatch], stop: threading.Event) -> Generator[Readings, None, None]:
    pending: deque[Future[Readings]] = deque()
    for batch in batches:
        if stop.is_set():
            break
        pending.append(pool.submit(batch))
        while pending and (len(pending) >= pool.size * IN_FLIGHT or pending[0].done()):
            readings = _wait(pending[0], stop)
            if readings is None:
                break
            pending.popleft()
            yield readings
    while pending and (readings := _wait(pending.popleft(), stop)) is not None:
        yield readings


def _wait(future: Future[Readings], stop: threading.Event) -> Readings | None:
    while not stop.is_set() or future.done():
        try:
            return future.result(timeout=_POLL)
        except NotYet:
            continue
    return None


class _Pool:
    """Threads that each hand batches to a worker process of its own and wait for the answer."""

    def __init__(self, size: int, reader: str, in_use: tuple[bytes, ...]) -> None:
        self.size = size
        self._reader = reader
        self._in_use = in_use
        self._threads = ThreadPoolExecutor(size, thread_name_prefix="narrative-worker")
        self._idle: queue.SimpleQueue[_Worker] = queue.SimpleQueue()
        self._all: set[_Worker] = set()
        self._closed = threading.Event()
        self._change = threading.Lock()

    def __enter__(self) -> _Pool:
        return self

    def __exit__(self, *_: object) -> None:
        with self._change:
            self._closed.set()
            for worker in self._all:
                worker.kill()
        self._threads.shutdown(cancel_futures=True)
        for worker in self._all:
            worker.close()

    def submit(self, batch: pa.RecordBatch) -> Future[Readings]:
        return self._threads.submit(self._read, batch)

    def _read(self, batch: pa.RecordBatch) -> Readings:
        try:
            return self._ask(batch, BATCH_SECONDS)
        except _WorkerLostError as lost:
            if batch.num_rows == 1:
                return refused(batch, lost.reason)
        parts = []
        for row in range(batch.num_rows):
            article = batch.slice(row, 1)
            try:
                parts.append(self._ask(article, ARTICLE_SECONDS))
            except _WorkerLostError as lost:
                parts.append(refused(article, lost.reason))
        return join(parts)

    def _ask(self, batch: pa.RecordBatch, seconds: float) -> Readings:
        try:
            worker = self._idle.get_nowait()
        except queue.Empty:
            worker = self._start()
        try:
            readings = worker.ask(batch, seconds)
        except _WorkerLostError:
            self._discard(worker)
            if self._closed.is_set():
                raise NarrativeError("stopped") from None
            raise
        if worker.answered < BATCHES_A_WORKER:
            self._idle.put(worker)
        else:
            self._discard(worker)
        return readings

    def _start(self) -> _Worker:
        with self._change:
            if self._closed.is_set():
                raise NarrativeError("stopped")
            worker = _Worker(self._reader, self._in_use)
            self._all.add(worker)
        return worker

    def _discard(self, worker: _Worker) -> None:
        with self._change:
            self._all.discard(worker)
        worker.close()


class _WorkerLostError(Exception):
    """A worker process that ended without an answer."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class _Worker:
    """One worker process (`narrative.store.worker`)."""

    def __init__(self, reader: str, in_use: tuple[bytes, ...]) -> None:
        self.answered = 0
        self._in_use = in_use
        self._late = False
        # -P: nothing is imported from the folder that the user happens to be in. A session of its own: Ctrl-C is for
        # the main process, which then ends its workers. One thread a worker: more only get in each other's way.
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-m", "narrative.store.worker", reader],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path)), "OMP_NUM_THREADS": "1"},
            start_new_session=True,
        )
        self._ready = False

    def ask(self, articles: pa.RecordBatch, seconds: float) -> Readings:
        """Wait for the readings of a batch, `seconds` at the most."""
        questions, answers = self._process.stdin, self._process.stdout
        if questions is None or answers is None:
            raise AssertionError("a worker has pipes")
        if not self._ready:
            with suppress(OSError):  # it ended at once; the greeting that is missing tells
                for part in self._in_use:
                    send(questions, part)
            self._greet(receive(answers))
        timer = threading.Timer(seconds, self._give_up)
        timer.start()
        try:
            send(questions, pack(articles))
            annotations, meanings, failures = (receive(answers) for _ in range(3))
        except OSError:
            annotations = meanings = failures = None
        finally:
            timer.cancel()
        if annotations is None or meanings is None or failures is None:
            raise _WorkerLostError(f"took longer than {seconds:.0f} s" if self._late else self._how_it_ended())
        self.answered += 1
        return unpack_readings(annotations, meanings, failures)

    def kill(self) -> None:
        """End it at once."""
        self._process.kill()

    def close(self) -> None:
        """End it and free what it held."""
        self._process.kill()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                with suppress(OSError):
                    pipe.close()
        self._process.wait()

    def _greet(self, greeting: bytes | None) -> None:
        if greeting is None:
            raise NarrativeError(f"a worker could not start: {self._how_it_ended()}")
        if greeting:
            raise NarrativeError(f"the pipeline could not be loaded: {greeting.decode()}")
        self._ready = True

    def _give_up(self) -> None:
        self._late = True
        self.kill()

    def _how_it_ended(self) -> str:
        code = self._process.wait()
        if code == -9:
            return "the process that read it was killed (signal 9), perhaps for want of memory"
        return f"the process that read it ended ({f'signal {-code}' if code < 0 else f'exit status {code}'})"
