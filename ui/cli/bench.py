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
    from ui.bench.asr.table import table
    from ui.bench.asr.table import write as put
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
    if write is not None:
        put(write, report)
    if json:
        print_json(report)
    else:
        for line in table(report):
            say(line)
    raise typer.Exit(1 if report.failures else 0)


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
