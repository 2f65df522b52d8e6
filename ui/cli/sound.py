"""Sound: transcribe a recording, list the microphones."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ui.cli.context import FiguresOption, HomeOption, JsonOption, cut_short, note, print_json, say
from ui.cli.progress import Progress
from ui.locale import _

if TYPE_CHECKING:
    from asr.text.writing import Words
    from asr.transcribe import Transcript

app = typer.Typer()

FORMATS = ("txt", "srt", "vtt", "json", "jsonl")


@app.command(help=_("Turns recordings into text, offline."))
def transcribe(
    files: Annotated[list[Path], typer.Argument(metavar="FILE…")],
    agenda: Annotated[Path | None, typer.Option(help=_("Its names and terms will be spoken."))] = None,
    model: Annotated[str, typer.Option(metavar="NAME", help=_("Speech model."))] = "whisper-base",
    language: Annotated[str, typer.Option(metavar="zh|en|auto", help=_("What is spoken."))] = "zh",
    figures: FiguresOption = True,
    format: Annotated[str, typer.Option("--format", help="txt, srt, vtt, json, jsonl")] = "txt",
    output: Annotated[Path | None, typer.Option("-o", "--output", help=_("File to write."))] = None,
    home: HomeOption = None,
    json: JsonOption = False,
) -> None:
    from asr.audio import SoundFile
    from asr.recognizer import FasterWhisperRecognizer
    from asr.transcribe import transcribe_blocks
    from meeting.minutes.export import write_file
    from ui.cli.launch import check_language, find_model
    from ui.cli.transcripts import render

    wanted = "json" if json else format
    if wanted not in FORMATS:
        raise typer.BadParameter(_("--format is one of {known}").format(known=", ".join(FORMATS)))
    sounds = [SoundFile(path) for path in files]
    check_language(language, model)
    terms, words = _expected(agenda, figures)
    recognizer = FasterWhisperRecognizer(find_model(model))
    done: list[tuple[str, Transcript]] = []
    for sound in sounds:
        with Progress(sound.path.name, sound.duration_ms) as progress:
            transcript = transcribe_blocks(
                sound.blocks(), recognizer, language=language, prompt_terms=terms, words=words, progress=progress
            )
        done.append((str(sound.path), transcript))
        if sound.truncated:
            note(cut_short(sound.path.name))
    content = render(done, wanted)
    if output is None:
        sys.stdout.write(content)
    else:
        write_file(output, content.encode())
        say(str(output))


def _expected(agenda: Path | None, figures: bool) -> "tuple[tuple[str, ...], Words]":
    """The words of an agenda: to expect while listening, and to put right afterwards."""
    from asr.text.writing import Words

    if agenda is None:
        return (), Words(figures=figures)
    from meeting.agenda import read_agenda
    from meeting.domain.terms import agenda_terms
    from meeting.expectations import words_of

    read = read_agenda(agenda)
    return agenda_terms(read), words_of(read, figures=figures)


@app.command(help=_("Shows the microphones with their live levels."))
def devices(
    seconds: Annotated[float, typer.Option(min=0.1, max=10, help=_("How long each is listened to."))] = 0.5,
    home: HomeOption = None,
    json: JsonOption = False,
) -> None:
    from asr.devices import measure_levels
    from asr.errors import NoMicrophone

    found = measure_levels(seconds)
    if json:
        rows = [
            {
                "name": device.name,
                "index": device.index,
                "channels": device.channels,
                "rate_hz": device.rate_hz,
                "default": device.default,
                "level_dbfs": level,
            }
            for device, level in found
        ]
        print_json({"devices": rows})
        return
    if not found:
        raise NoMicrophone()
    for device, level in found:
        mark = "*" if device.default else " "
        shown = _("no sound") if level is None else f"{level:6.1f} dBFS"
        say(f"{mark} {device.index:3d}  {shown}  {device.rate_hz} Hz × {device.channels}  {device.name}")
