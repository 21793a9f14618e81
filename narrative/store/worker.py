"""A worker process of the local engine: `python -m narrative.store.worker MODULE:FUNCTION`.

It reads frames from standard input and answers each on standard output, until there are none. A frame is a length
(8 bytes, big endian) and as many bytes. First it gets three, what the user adds to the catalogue and to the narratives
and the device of the encoder, and sends one: empty once the pipeline is loaded, else the reason why it can't be. Then
it gets Arrow IPC streams of articles, and answers each with three frames: Arrow IPC streams of annotations and of
meanings, and the failures as JSON.
Its input ends when the main process dies, however that dies: no worker is ever left behind.
"""

from __future__ import annotations

import json
import os
import sys
from contextlib import AbstractContextManager, nullcontext
from dataclasses import asdict
from importlib import import_module
from typing import IO, Any

import pyarrow as pa

from narrative.catalogue.additions import with_additions
from narrative.catalogue.entries import using
from narrative.catalogue.own_narratives import with_narratives
from narrative.catalogue.taxonomy import using_taxonomy
from narrative.store.reading import Failure, Readings, read_batch


def send(stream: IO[bytes], frame: bytes | memoryview) -> None:
    """Write a frame."""
    stream.write(len(frame).to_bytes(8, "big"))
    stream.write(frame)
    stream.flush()


def receive(stream: IO[bytes]) -> bytes | None:
    """Read a frame; null where the stream ends, be it in the middle of one."""
    head = stream.read(8)
    length = int.from_bytes(head, "big")
    frame = stream.read(length)
    return frame if len(head) == 8 and len(frame) == length else None


def pack(rows: pa.RecordBatch) -> bytes:
    """Rows as an Arrow IPC stream."""
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, rows.schema) as writer:
        writer.write_batch(rows)
    return sink.getvalue().to_pybytes()  # type: ignore[no-any-return]  # pyarrow has no types


def unpack(frame: bytes) -> pa.RecordBatch:
    """The rows of an Arrow IPC stream."""
    with pa.ipc.open_stream(frame) as reader:
        return reader.read_next_batch()


def pack_readings(readings: Readings) -> tuple[bytes, bytes, bytes]:
    """The answer of a worker, a frame each."""
    failures = json.dumps([asdict(failure) for failure in readings.failures]).encode()
    return pack(readings.annotations), pack(readings.meanings), failures


def unpack_readings(annotations: bytes, meanings: bytes, failures: bytes) -> Readings:
    """What `pack_readings` packed."""
    return Readings(unpack(annotations), unpack(meanings), tuple(Failure(**item) for item in json.loads(failures)))


def resolve(reader: str) -> Any:
    """The function that `package.module:function` names."""
    module, _, function = reader.partition(":")
    return getattr(import_module(module), function)


def _on(device: str) -> AbstractContextManager[None]:
    """Lets the encoder run on a device; on a CPU it does anyway."""
    if device == "cpu":
        return nullcontext()
    from narrative.pipeline.encoder.reading import reading_on

    return reading_on(device)


def main() -> None:
    """Answer until the input ends."""
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a library prints must not get between the frames
    questions = sys.stdin.buffer
    additions = receive(questions)
    narratives = receive(questions)
    device = receive(questions)
    if additions is None or narratives is None or device is None:  # not wanted any more
        return
    try:
        catalogue = with_additions(additions.decode())
        taxonomy = with_narratives(narratives.decode())
        annotate = resolve(sys.argv[1])
        with using(catalogue), using_taxonomy(taxonomy), _on(device.decode()):
            annotate([])  # loads the pipeline
    except Exception as error:  # told to the main process
        send(answers, f"{type(error).__name__}: {error}".encode("utf-8", "replace"))
        return
    send(answers, b"")
    with using(catalogue), using_taxonomy(taxonomy), _on(device.decode()):
        while (frame := receive(questions)) is not None:
            for part in pack_readings(read_batch(unpack(frame), annotate)):
                send(answers, part)


if __name__ == "__main__":
    try:
        main()
    except BrokenPipeError:  # the main process is gone
        os._exit(1)
