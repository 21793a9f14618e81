"""Examples → weights."""

from __future__ import annotations

import math
import random
from collections import Counter, defaultdict
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import torch
from torch.nn import functional

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from numpy.typing import NDArray
    from torch import Tensor

    from encoder.examples import Example, Question
    from narrative.pipeline.encoder.layout import Layout
    from narrative.pipeline.encoder.network import Network

FRAME = (101, 102)  # [CLS] and [SEP]
READ = 1536  # pieces read at a time
ALL_LEFT_OUT, ONE_LEFT_OUT = 0.15, 0.2  # how often no mention of a text, or a single one, is told to the network


class Schedule(NamedTuple):
    """How long and how fast."""

    epochs: float
    rate: float = 5e-5
    head_rate: float = 1e-3
    batch: int = 768  # pieces
    warmup: float = 0.1
    decay: float = 0.01


def batches(examples: Sequence[Example], pieces: int, rng: random.Random) -> Iterator[list[Example]]:
    """Examples of like length together, in random order."""
    order = sorted(examples, key=lambda each: (len(each.pieces.ids) // 16, rng.random()))
    groups: list[list[Example]] = [[]]
    size = longest = 0
    for each in order:
        longest = max(longest, max(w.end - w.start for w in each.windows) + 2)
        size += len(each.windows)
        if groups[-1] and size * longest > pieces:
            groups.append([])
            size, longest = len(each.windows), max(w.end - w.start for w in each.windows) + 2
        groups[-1].append(each)
    rng.shuffle(groups)
    yield from groups


class Inputs(NamedTuple):
    """A batch as the network takes it, and which of its rows answer for the texts' own pieces, in order."""

    ids: Tensor
    marks: Tensor
    mask: Tensor
    own: Tensor  # into the flattened rows
    offsets: list[int]  # where each text's own pieces begin


def inputs(batch: Sequence[Example], rng: random.Random | None = None) -> Inputs:
    """The windows of a batch, padded; with `rng`, some marks are left out as they will be for unknown names."""
    windows = [(each, window) for each in batch for window in each.windows]
    marks_of = {id(each): _left_out(each.pieces.marks, rng) for each in batch}
    longest = max(window.end - window.start for _, window in windows) + 2
    ids = np.zeros((len(windows), longest), dtype=np.int64)
    marks = np.zeros((len(windows), longest, 3), dtype=np.int64)
    mask = np.zeros((len(windows), longest), dtype=np.int64)
    own: list[NDArray[np.int64]] = []
    for at, (each, (start, first, end)) in enumerate(windows):
        length = end - start
        ids[at, 0], ids[at, 1 : length + 1], ids[at, length + 1] = FRAME[0], each.pieces.ids[start:end], FRAME[1]
        marks[at, 1 : length + 1] = marks_of[id(each)][start:end]
        mask[at, : length + 2] = 1
        own.append(np.arange(first - start + 1, length + 1) + at * longest)
    offsets = np.cumsum([0, *(len(each.pieces.ids) for each in batch)]).tolist()
    return Inputs(
        torch.from_numpy(ids),
        torch.from_numpy(marks),
        torch.from_numpy(mask),
        torch.from_numpy(np.concatenate(own)),
        offsets,
    )


def _left_out(marks: NDArray[np.int64], rng: random.Random | None) -> NDArray[np.int64]:
    if rng is None:
        return marks
    marks = marks.copy()
    if rng.random() < ALL_LEFT_OUT:
        marks[:, 1:] = 0
        return marks
    gone = False
    for at in range(len(marks)):
        kind = marks[at, 1]
        if kind % 2 == 1:  # a mention begins
            gone = rng.random() < ONE_LEFT_OUT
        if kind and gone:
            marks[at, 1:] = 0
    return marks


def rows_of(network: Network, batch: Inputs) -> Tensor:
    """The network's output for the own pieces of every text of a batch, one after the other."""
    with torch.autocast("cpu", dtype=torch.bfloat16):
        out = network(batch.ids, batch.marks, batch.mask)
    rows: Tensor = out.float().flatten(0, 1)[batch.own]
    return rows


def losses(
    rows: Tensor, batch: Sequence[Example], offsets: Sequence[int], layout: Layout, meanings: Mapping[str, Tensor]
) -> dict[str, tuple[Tensor, int]]:
    """The summed loss of each head and how many questions it was asked."""
    found: dict[str, tuple[Tensor, int]] = {}
    asked = defaultdict(list)
    tags = defaultdict(list)
    choices = defaultdict(list)
    for each, offset in zip(batch, offsets, strict=False):
        for question in each.questions:
            asked[question.head].append((question, offset))
        for head, labels in each.tags.items():
            tags[head].append((labels, offset))
        for choice in each.choices:
            choices[choice.query].append((choice, offset))
    for head, questions in asked.items():
        pooled = _pooled(rows, head, questions, layout)
        first = questions[0][0].answer
        if isinstance(first, int):
            answers = torch.tensor([question.answer for question, _ in questions])
            loss = functional.cross_entropy(pooled, answers, reduction="sum", label_smoothing=0.05)
        else:
            answers = torch.tensor([question.answer for question, _ in questions])
            loss = functional.binary_cross_entropy_with_logits(pooled, answers, reduction="sum") / math.sqrt(
                pooled.shape[1]
            )
        found[head] = loss, len(questions)
    for head, tagged in tags.items():
        picked = torch.cat([rows[offset : offset + len(labels), layout.values[head]] for labels, offset in tagged])
        answers = torch.from_numpy(np.concatenate([labels for labels, _ in tagged]))
        found[head] = functional.cross_entropy(picked, answers, reduction="sum"), len(answers)
    for head, group in choices.items():
        total = rows.new_zeros(())
        for choice, offset in group:
            query = rows[offset + choice.asked[0] : offset + choice.asked[1], layout.values[choice.query]].mean(0)
            keys = torch.stack(
                [rows[offset + a : offset + b, layout.values[choice.key]].mean(0) for a, b in choice.candidates]
            )
            scores = functional.log_softmax(keys @ query / 8, 0)
            total = total - torch.logsumexp(scores[torch.tensor(choice.right)], 0)
        found[head] = total, len(group)
    if meanings:
        vectors, wanted = [], []
        for each, offset in zip(batch, offsets, strict=False):
            if each.ident in meanings:
                vectors += [
                    rows[offset + a : offset + b, layout.values["similarity"]].mean(0) for a, b in each.sentences
                ]
                wanted.append(meanings[each.ident])
        if vectors:
            loss = 1 - functional.cosine_similarity(torch.stack(vectors), torch.cat(wanted).float())
            found["similarity"] = loss.sum(), len(vectors)
    return found


def _pooled(rows: Tensor, head: str, questions: Sequence[tuple[Question, int]], layout: Layout) -> Tensor:
    """The head's answer for each question: means of rows, weighted where the head has keys."""
    index, segment = [], []
    for number, (question, offset) in enumerate(questions):
        for start, end in question.stretches:
            index.append(torch.arange(offset + start, offset + end))
            segment.append(torch.full((end - start,), number))
    at, segments = torch.cat(index), torch.cat(segment)
    values = rows[at][:, layout.values[head]]
    special = [question.key for question, _ in questions if question.key is not None]
    if special:
        columns = torch.tensor([layout.keys[name].start + label for name, label in special])
        keys = rows[at, columns[segments]].unsqueeze(1)
    else:
        keys = rows[at][:, layout.keys[head]]
    if not keys.shape[1]:
        keys = values.new_zeros((len(at), 1))
    count = len(questions)
    top = keys.new_full((count, keys.shape[1]), -torch.inf).scatter_reduce(
        0, segments.unsqueeze(1).expand_as(keys), keys.detach(), "amax"
    )
    odds = torch.exp(keys - top[segments])
    sums = odds.new_zeros((count, keys.shape[1])).index_add(0, segments, odds)
    return values.new_zeros((count, values.shape[1])).index_add(0, segments, values * (odds / sums[segments]))


def copy_head(network: Network, layout: Layout, source: str, *others: str) -> None:
    """Let other heads begin with what one has learned."""
    with torch.no_grad():
        for other in others:
            for part in (network.heads.weight, network.heads.bias):
                part[layout.values[other]] = part[layout.values[source]]


def typical_counts(examples: Sequence[Example], pieces: int) -> dict[str, float]:
    """How many questions a batch of average size asks each head."""
    counts: Counter[str] = Counter()
    for each in examples:
        counts.update(question.head for question in each.questions)
        counts.update(choice.query for choice in each.choices)
        counts.update({head: len(labels) for head, labels in each.tags.items()})
        counts["similarity"] += len(each.sentences)
    share = pieces / sum(len(each.pieces.ids) for each in examples)
    return {head: max(1.0, count * share) for head, count in counts.items()}


def train(
    network: Network,
    layout: Layout,
    examples: Sequence[Example],
    schedule: Schedule,
    weights: Mapping[str, float],
    meanings: Mapping[str, Tensor],
    seed: int,
    replay: Sequence[Example] = (),
    replayed: float = 0.0,
) -> None:
    """Fit a network in place.

    Args:
        network: what is trained; its word vectors stay as they are.
        layout: its columns.
        examples: what it is taught each epoch.
        schedule: how long and how fast.
        weights: of each head's loss, 1 where none is given.
        meanings: by example, the vectors that its sentences had before training.
        seed: of the order and of what is left out.
        replay: what it has learned before and should not forget.
        replayed: how many of these an epoch, as a share of `examples`.
    """
    torch.manual_seed(seed)
    rng = random.Random(seed)
    network.bert.embeddings.word_embeddings.weight.requires_grad = False
    fast = [p for name, p in network.named_parameters() if name.startswith(("heads", "marks"))]
    slow = [p for name, p in network.named_parameters() if not name.startswith(("heads", "marks")) and p.requires_grad]
    optimizer = torch.optim.AdamW(
        [{"params": slow, "lr": schedule.rate}, {"params": fast, "lr": schedule.head_rate}],
        weight_decay=schedule.decay,
        fused=True,
    )
    typical = typical_counts(replay, schedule.batch) if replay else {}
    typical |= typical_counts(examples, schedule.batch)
    plan = []
    for epoch in range(math.ceil(schedule.epochs)):
        chosen = list(examples) + (rng.sample(list(replay), int(replayed * len(examples))) if replay else [])
        made = list(batches(chosen, schedule.batch, rng))
        plan += made[: math.ceil(len(made) * min(1.0, schedule.epochs - epoch))]
    steps = len(plan)
    network.train()
    for step, batch in enumerate(plan):
        warm = schedule.warmup * steps
        pace = min((step + 1) / warm, max(0.0, (steps - step) / (steps - warm)))
        for group, rate in zip(optimizer.param_groups, (schedule.rate, schedule.head_rate), strict=True):
            group["lr"] = rate * pace
        given = inputs(batch, rng)
        found = losses(rows_of(network, given), batch, given.offsets, layout, meanings)
        total = torch.stack(
            [
                weights.get(head, 1.0) * loss / max(typical.get(head, 1.0), 0.3 * count)
                for head, (loss, count) in found.items()
            ]
        ).sum()
        total.backward()  # type: ignore[no-untyped-call]  # PyTorch's own
        torch.nn.utils.clip_grad_norm_(slow + fast, 1.0)
        optimizer.step()
        optimizer.zero_grad()
        if step % 50 == 0:
            print(f"step {step} of {steps}: {float(total.detach()):.3f}", flush=True)
    network.eval()


@torch.no_grad()
def read(network: Network, examples: Sequence[Example]) -> dict[str, NDArray[np.float32]]:
    """The rows of every example, by ident."""
    network.eval()
    found = {}
    rng = random.Random(0)
    for batch in batches(examples, READ, rng):
        given = inputs(batch)
        with torch.autocast("cpu", dtype=torch.bfloat16):
            out = network(given.ids, given.marks, given.mask)
        rows = out.float().flatten(0, 1)[given.own].numpy()
        for each, offset in zip(batch, given.offsets, strict=False):
            found[each.ident] = rows[offset : offset + len(each.pieces.ids)]
    return found
