"""The benchmarks: what the product reaches on this machine."""

from pathlib import Path
from typing import Annotated

import typer

from ui.cli.context import HomeOption, JsonOption, note, print_json, say
from ui.locale import _

app = typer.Typer()
bench = typer.Typer(help=_("Measures what is reached on this machine."), no_args_is_help=True)
app.add_typer(bench, name="bench")

DEMO = Path(__file__).parent.parent / "demo"


@bench.command(help=_("Plays recordings through the service, and measures their text, its delay and its cost."))
def asr(
    recordings: Annotated[
        list[Path] | None,
        typer.Argument(
            metavar="RECORDING_DIR…",
            help=_("Folders with meeting.flac, script.jsonl and agenda.yaml; without any, the bundled demo."),
        ),
    ] = None,
    conditions: Annotated[str, typer.Option(metavar="LIST", help="clean,room,distance,aircon,overlap")] = "clean",
    conditions_seconds: Annotated[
        float | None, typer.Option(min=5, help=_("Only so much of each recording in conditions other than clean."))
    ] = None,
    refine: Annotated[
        bool, typer.Option("--refine", help=_("Measure `meeting refine` of what was played as well."))
    ] = False,
    offline: Annotated[bool, typer.Option("--offline", help=_("Measure `meeting transcribe` as well."))] = False,
    peers: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help=_("Programs that drive other systems on the same recordings.")),
    ] = None,
    pace: Annotated[
        str, typer.Option(metavar="realtime|N", help=_("How fast a recording is played."))
    ] = "realtime",
    seconds: Annotated[
        float | None, typer.Option(min=5, help=_("Only the first seconds of each recording."))
    ] = None,
    model: Annotated[str, typer.Option(metavar="NAME", help=_("Speech model."))] = "whisper-base",
    language: Annotated[str, typer.Option(metavar="zh|en|auto", help=_("What is spoken."))] = "zh",
    write: Annotated[
        Path | None, typer.Option(metavar="FILE", help=_("Put the table into this document."))
    ] = None,
    home: HomeOption = None,
    json: JsonOption = False,
) -> None:
    from ui.bench.asr.live import Manner
    from ui.bench.asr.run import Order, load_all, run, shortened
    from ui.bench.asr.table import BEGIN, END, table
    from ui.cli.launch import find_model

    wanted, times = _conditions(conditions), _pace(pace)
    if peers and times != 1:
        raise typer.BadParameter(_("--peers are played in real time: leave out --pace"))
    loaded = load_all(recordings or [DEMO], seconds)
    order = Order(
        conditions=wanted,
        manner=Manner(model=model, model_path=find_model(model), language=language, pace=times),
        recordings=loaded,
        shorter=shortened(loaded, conditions_seconds),
        refine=refine,
        transcribe=offline,
        peers=peers.absolute() if peers else None,
    )
    report = run(order, note)
    _give(report, table(report), (BEGIN, END), write, json)
    raise typer.Exit(1 if report.failures else 0)


@bench.command(
    help=_("Serves many clients at once, some of them stalled or restless, and measures what reaches them.")
)
def stream(
    clients: Annotated[int, typer.Option(min=2, help=_("How many clients."))] = 500,
    seconds: Annotated[float, typer.Option(min=2, help=_("How long they are served."))] = 60,
    steps: Annotated[
        str, typer.Option(metavar="LIST", help=_("Further numbers of clients, for the slope; empty for none."))
    ] = "50,200,1000",
    step_seconds: Annotated[float, typer.Option(min=2, help=_("How long each of those is served."))] = 20,
    write: Annotated[
        Path | None, typer.Option(metavar="FILE", help=_("Put the table into this document."))
    ] = None,
    json: JsonOption = False,
) -> None:
    from ui.bench.stream.run import Order, run
    from ui.bench.stream.table import BEGIN, END, table

    order = Order(clients=clients, seconds=seconds, steps=_steps(steps), step_seconds=step_seconds)
    report = run(order, note)
    _give(report, table(report), (BEGIN, END), write, json)
    raise typer.Exit(0 if all(line.exact for line in report.lines) else 1)


@bench.command(
    help=_("Builds a search index of made minutes, and measures its size, its speed and what it finds.")
)
def search(
    passages: Annotated[
        int, typer.Option(min=20, help=_("How many made passages of about 120 characters."))
    ] = 100_000,
    archive: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR",
            help=_("A folder of real files with manifest.jsonl and queries.jsonl, searched as well."),
        ),
    ] = None,
    peers: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help=_("Programs that drive other search engines on the same passages.")),
    ] = None,
    folder: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help=_("Keep the index here; one that was broken off is gone on with.")),
    ] = None,
    write: Annotated[
        Path | None, typer.Option(metavar="FILE", help=_("Put the table into this document."))
    ] = None,
    json: JsonOption = False,
) -> None:
    from ui.bench.search.run import Order, run
    from ui.bench.search.table import BEGIN, END, table

    order = Order(
        passages=passages,
        archive=archive.absolute() if archive else None,
        peers=peers.absolute() if peers else None,
        folder=folder.absolute() if folder else None,
    )
    report = run(order, note)
    _give(report, table(report), (BEGIN, END), write, json)
    raise typer.Exit(1 if report.failures else 0)


@bench.command(help=_("Works a console with hours of speech on it, and looks up by real keys."))
def console(
    segments: Annotated[int, typer.Option(min=100, help=_("How many sentences the record has."))] = 10_000,
    runs: Annotated[int, typer.Option(min=1, help=_("How many consoles are measured, one after the other."))] = 3,
    times: Annotated[int, typer.Option(min=4, help=_("How often each thing is done."))] = 60,
    partial_seconds: Annotated[float, typer.Option(min=1, help=_("How long partials arrive, ten a second."))] = 10,
    lookups: Annotated[int, typer.Option(min=2, help=_("How many look-ups by keys."))] = 32,
    write: Annotated[
        Path | None, typer.Option(metavar="FILE", help=_("Put the table into this document."))
    ] = None,
    json: JsonOption = False,
) -> None:
    from ui.bench.console.run import Order, run
    from ui.bench.console.table import BEGIN, END, table

    order = Order(segments=segments, runs=runs, times=times, partial_seconds=partial_seconds, lookups=lookups)
    report = run(order, note)
    _give(report, table(report), (BEGIN, END), write, json)
    raise typer.Exit(0 if all(one.met for one in report.demands) else 1)


def _give(report: object, lines: list[str], marks: tuple[str, str], write: Path | None, json: bool) -> None:
    """Puts the table into a document where that was asked for, and shows it, or the figures as JSON."""
    from ui.bench.documents import put

    if write is not None:
        put(write, *marks, lines)
    if json:
        print_json(report)
    else:
        for line in lines:
            say(line)


def _steps(text: str) -> tuple[int, ...]:
    try:
        steps = tuple(int(part) for part in text.split(",") if part.strip())
    except ValueError:
        steps = (0,)
    if any(step < 2 for step in steps):
        raise typer.BadParameter(_("--steps are numbers of clients such as 50,1000"))
    return steps


def _conditions(text: str) -> tuple[str, ...]:
    from ui.bench.asr.conditions import CONDITIONS

    wanted = tuple(dict.fromkeys(part.strip() for part in text.split(",") if part.strip()))
    if not wanted or not set(wanted) <= set(CONDITIONS):
        raise typer.BadParameter(_("--conditions are some of {known}").format(known=",".join(CONDITIONS)))
    return wanted


def _pace(text: str) -> float:
    from asr.sources import parse_pace

    try:
        pace = parse_pace(text)
    except ValueError:
        pace = None
    if pace is None:
        raise typer.BadParameter(_("--pace is realtime, or a number such as 1.5"))
    return pace
