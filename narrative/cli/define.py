"""`narrative define`: a narrative of one's own, tried on a corpus."""

from __future__ import annotations

import re
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from narrative.cli.streams import say
from narrative.errors import InputError, SettingsError

if TYPE_CHECKING:
    from narrative.define.candidates import Candidate, Stories
    from narrative.define.estimates import Quality


class Format(StrEnum):
    """How the stories are listed."""

    csv = "csv"
    jsonl = "jsonl"


def define(
    description: Annotated[str, typer.Argument(help="What the narrative tells, in a sentence.")],
    corpus: Annotated[str | None, typer.Option(help="An annotated corpus.")] = None,
    example: Annotated[list[str] | None, typer.Option(help="A sentence that tells it. Repeat for more.")] = None,
    id_: Annotated[str | None, typer.Option("--id", help="Its id; made of the description if not given.")] = None,
    title: Annotated[str | None, typer.Option(help="Its title; the description if not given.")] = None,
    answers: Annotated[
        Path | None, typer.Option(help="Answers, a line `KEY yes` or `KEY no` each; those given now are added to it.")
    ] = None,
    output: Annotated[Path | None, typer.Option(help="A .toml file to write, or to add the narrative to.")] = None,
    number: Annotated[int, typer.Option(min=12, max=2000, help="How many stories to ask about.")] = 60,
    seed: Annotated[int, typer.Option(min=0, help="Of the draw.")] = 0,
    listed: Annotated[bool, typer.Option("--list", help="Only list the stories to be answered.")] = False,
    list_format: Annotated[Format, typer.Option("--format", help="Of the list.")] = Format.csv,
    project: Annotated[Path | None, typer.Option(help="Settings, instead of narrative.toml.")] = None,
) -> None:
    """Define a narrative of your own: answer yes or no to stories, and get a threshold with what it is worth."""
    import sys

    from narrative.catalogue.entries import using
    from narrative.catalogue.own_narratives import Measured, own_narrative
    from narrative.cli.catalogue import catalogue_of
    from narrative.cli.streams import check_output
    from narrative.define.candidates import candidates, draw, rank
    from narrative.define.entries import toml_entry
    from narrative.define.estimates import best_threshold
    from narrative.pipeline.encoder.reading import model_in_use
    from narrative.pipeline.fingerprint import pipeline_identity
    from narrative.project import load_project
    from narrative.store.corpus import corpus_location, open_corpus
    from narrative.store.runs import utc_now

    settings = load_project(project, corpus)
    opened = open_corpus(corpus_location(corpus, settings.corpus))
    fields = {"id": id_ or _slug(description), "title": title or description[:200], "description": description}
    narrative = own_narrative({**fields, "examples": example or [], "since": utc_now().date()}, "define")
    check_output(output)
    before = _held(output, narrative.id)
    with using(catalogue_of(None, settings)):
        encoder = pipeline_identity().fingerprint.encoder
        stories = rank(opened, narrative, model_in_use(), str(encoder))
    if stories.unread:
        say(
            f"note: {stories.unread:,} articles were read by another encoder and are left out; annotate the corpus anew"
        )
    sample = draw(stories.scores, number, seed)
    asked = [row for rows in sample.asked for row in rows.tolist()]
    shown = dict(zip(asked, candidates(opened, stories, asked), strict=True))
    if listed:
        _list(list(shown.values()), list_format, sys.stdout)
        return
    told = _answers(shown, answers, seed)
    quality = best_threshold(stories.scores, sample, told, seed)
    _report(stories, quality)
    measured = Measured(
        stories=len(stories.keys), answers=quality.answers, yes=quality.yes, precision=quality.precision,
        recall=quality.recall, f1=quality.f1, seed=seed, encoder=encoder,
    )  # fmt: skip
    _write(
        before, toml_entry(narrative.model_copy(update={"threshold": quality.threshold, "measured": measured})), output
    )


def _slug(description: str) -> str:
    words = re.findall(r"[a-z0-9]+", description[:200].lower())[:5]
    slug = "-".join(words)[:60].strip("-")
    if not slug or not slug[0].isalpha():
        raise SettingsError(f"no id can be made of {description[:40]!r}; say --id, for instance --id bank-runs")
    return slug


def _held(output: Path | None, ident: str) -> str:
    """What the file holds already."""
    from narrative.catalogue.own_narratives import narratives_in

    if output is None or not output.exists():
        return ""
    if ident in {entry.id for entry in narratives_in(output)}:
        raise SettingsError(
            f"--output {output}: it holds a narrative {ident} already; take that out, or say another --id"
        )
    return output.read_text("utf-8").rstrip() + "\n\n"


def _list(shown: list[Candidate], list_format: Format, file: Any) -> None:
    import csv

    from narrative.define.candidates import Candidate
    from narrative.spreadsheet import safe_cell

    if list_format is Format.jsonl:
        file.writelines(candidate.model_dump_json() + "\n" for candidate in shown)
        return
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(Candidate.model_fields)
    for candidate in shown:
        writer.writerow([safe_cell(value) for value in candidate.model_dump(mode="json").values()])


def _answers(shown: dict[int, Candidate], file: Path | None, seed: int) -> dict[int, bool]:
    """The answers by row: those of the file and, at a terminal, those to the stories that it lacks."""
    from narrative.define.answers import read_answers

    terminal = _at_a_terminal()
    if file is None and not terminal:
        raise SettingsError("nobody is there to answer; say --answers FILE, and --list to see what is to be answered")
    given = read_answers(file) if file is not None and (file.exists() or not terminal) else {}
    told = {row: given[candidate.key] for row, candidate in shown.items() if candidate.key in given}
    if given and (other := len(given) - len(told)):
        say(f"note: {other:,} answers are about stories that were not drawn, and don't count; see --list")
    if terminal:
        told |= _ask({row: candidate for row, candidate in shown.items() if row not in told}, file, seed)
    elif missing := len(shown) - len(told):
        say(f"note: {missing:,} stories of {len(shown):,} are not answered, which widens the intervals")
    return told


def _at_a_terminal() -> bool:
    import sys

    return sys.stdin.isatty()


def _ask(shown: dict[int, Candidate], file: Path | None, seed: int) -> dict[int, bool]:
    """Ask about stories in an order that gives nothing away."""
    import random

    rows = list(shown)
    random.Random(seed).shuffle(rows)  # noqa: S311 - no secret
    told: dict[int, bool] = {}
    for place, row in enumerate(rows, 1):
        candidate = shown[row]
        day = f"{candidate.published:%Y-%m-%d}" if candidate.published else "no date"
        say("")
        say(f"{place} of {len(rows)} · {candidate.title or 'untitled'}")
        say(f"   {candidate.outlet or 'unknown'} · {day} · score {candidate.score:.2f}")
        say(f"   “{candidate.sentence}”")
        answer = ""
        while answer not in {"y", "yes", "n", "no", "s", "q"}:
            answer = (
                typer.prompt("Does it tell the narrative? y(es), n(o), s(kip), q(uit asking)", err=True).strip().lower()
            )
        if answer == "q":
            break
        if answer != "s":
            told[row] = answer in {"y", "yes"}
            if file is not None:
                _keep(file, f"{candidate.key} {'yes' if told[row] else 'no'}\n")
    return told


def _keep(file: Path, line: str) -> None:
    try:
        with file.open("a", encoding="utf-8") as answers:
            answers.write(line)
    except OSError as error:
        raise InputError(f"--answers {file}", f"can't be written: {error.strerror or error}") from error


def _report(stories: Stories, quality: Quality) -> None:
    found = int((stories.scores >= quality.threshold).sum())
    say(f"threshold {quality.threshold:.4f}: {found:,} of {len(stories.keys):,} stories tell the narrative")
    for name in ("precision", "recall", "f1"):
        estimate, low, high = getattr(quality, name)
        say(f"{name:9} {estimate:.2f}, 95% interval {low:.2f} to {high:.2f}")
    say(
        f"from {quality.answers:,} answers ({quality.yes:,} yes), weighted by strata of score, Jeffreys intervals; the "
        "answers chose the threshold, too, so take it for a little worse. More answers (--number) narrow the intervals"
    )


def _write(before: str, entry: str, output: Path | None) -> None:
    from narrative.cli.streams import open_output

    with open_output(output) as file:
        file.write(before + entry)
    if output is not None:
        say(f"written to {output}; read with it: narrative annotate --narratives {output}")
