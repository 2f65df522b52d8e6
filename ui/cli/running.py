"""Running a meeting: run, serve, console, tail."""

from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

import typer

from ui.cli.context import FiguresOption, HomeOption, JsonOption, home_at, note, records_at, say
from ui.cli.sharing import (
    CertOption,
    FingerprintOption,
    KeyOption,
    ShareAddressOption,
    ShareOption,
    SharePlainOption,
    share_of,
)
from ui.cli.tokens import TokenFileOption, secret_of
from ui.locale import _

app = typer.Typer()

ENOUGH_ATTEMPTS = 4
"""So often `tail` tries an address that never answered."""

SourceOption = Annotated[str, typer.Option(metavar="mic|FILE", help=_("The microphone, or a recording to play."))]
DeviceOption = Annotated[
    str | None, typer.Option(metavar="NAME", help=_("Which microphone; see `meeting devices`."))
]
PaceOption = Annotated[str, typer.Option(metavar="realtime|fast|N", help=_("How fast a recording is played."))]
NoConsoleOption = Annotated[bool, typer.Option("--no-console", help=_("Print the transcript; be the service."))]
ChairOption = Annotated[
    bool, typer.Option("--follow-chair", help=_("The item changes when the chair plainly says so."))
]
PortOption = Annotated[int, typer.Option(min=0, max=65535, help=_("Port on this machine; 0 is any free one."))]
ModelOption = Annotated[str, typer.Option(metavar="NAME", help=_("Speech model; see `meeting models list`."))]
LanguageOption = Annotated[str, typer.Option(metavar="zh|en|auto", help=_("What is spoken."))]


@app.command(help=_("Records a meeting: text while it is spoken, filed under its agenda."))
def run(
    meeting: Annotated[str | None, typer.Argument(metavar="[MEETING|AGENDA]")] = None,
    source: SourceOption = "mic",
    device: DeviceOption = None,
    pace: PaceOption = "realtime",
    no_console: NoConsoleOption = False,
    follow_chair: ChairOption = False,
    port: PortOption = 0,
    model: ModelOption = "whisper-base",
    language: LanguageOption = "zh",
    figures: FiguresOption = True,
    share: ShareOption = False,
    share_plain: SharePlainOption = False,
    share_address: ShareAddressOption = None,
    cert: CertOption = None,
    key: KeyOption = None,
    home: HomeOption = None,
    json: JsonOption = False,
) -> None:
    from meeting.store.meetings import RunOptions
    from ui.cli.launch import Plan, check_language, run_detached, run_here

    check_pace(pace)
    check_language(language, model)
    options = RunOptions(
        source=check_source(source),
        device=device,
        pace=pace,
        follow_chair=follow_chair,
        model=model,
        language=language,
        figures=figures,
    )
    check_free(home)
    shared = share_of(share, share_plain, share_address, cert, key)
    with chosen(meeting, home) as meeting_id:
        check_grade(meeting_id, home)
        plan = Plan(home=home_at(home), meeting=meeting_id, options=options, port=port, share=shared)
        code = run_here(plan, json) if no_console else run_detached(plan)
    raise typer.Exit(code)


def chosen(name: str | None, home: Path | None) -> AbstractContextManager[str]:
    """The id of the meeting to begin: a stored one, a new one from an agenda file, or the only one that waits.

    A new one is taken back when the block that begins it is refused.
    """
    from ui.cli.records import stored_unless_refused

    if name is not None and (Path(name).suffix != "" or "/" in name):
        return stored_unless_refused(Path(name), home)
    return nullcontext(choose(name, home))


def choose(name: str | None, home: Path | None) -> str:
    """The id of the stored meeting meant, or of the only one that waits."""
    from meeting.errors import MeetingAmbiguous, MeetingUnknown

    if name is not None:
        return records_at(home).meetings.get(name).id
    waiting = [one for one in records_at(home).meetings.all() if one.state != "closed"]
    running = [one for one in waiting if one.state == "open"]
    if len(running or waiting) > 1:
        raise MeetingAmbiguous(meeting=_("No id"), candidates=", ".join(one.id for one in waiting))
    if not waiting:
        raise MeetingUnknown(meeting=_("that waits to be held"))
    return (running or waiting)[0].id


def check_grade(meeting_id: str, home: Path | None) -> None:
    """Refuses a stored meeting that is classified above what is declared for this machine by now.

    Raises ClassifiedRefused, GradeTooLow.
    """
    from meeting.access.grade import declared_grade
    from meeting.agenda import refuse_classified

    refuse_classified(records_at(home).meetings.get(meeting_id).agenda, meeting_id, declared_grade())


def check_free(home: Path | None) -> None:
    """Refuses a home that has a running service. Raises ServiceRunning."""
    from meeting.errors import NoService, ServiceRunning

    try:
        running = home_at(home).address()
    except NoService:
        return
    raise ServiceRunning(home=home_at(home).folder, pid=running.pid)


def check_pace(pace: str) -> None:
    """Refuses a pace that is none, as wrong usage."""
    if pace in ("realtime", "fast"):
        return
    try:
        good = 0 < float(pace) <= 1000
    except ValueError:
        good = False
    if not good:
        raise typer.BadParameter(_("--pace is realtime, fast, or a number such as 2"))


def check_source(source: str) -> str:
    """`mic`, or the absolute path of a recording that holds sound. Raises SoundUnreadable, SoundEmpty."""
    if source == "mic":
        return source
    from asr.audio import probe

    path = Path(source).absolute()
    probe(path)
    return str(path)


@app.command(help=_("Runs the service alone; it goes on with a meeting that is open."))
def serve(
    port: PortOption = 0,
    until_end: Annotated[bool, typer.Option("--until-end", hidden=True)] = False,
    until_left: Annotated[bool, typer.Option("--until-left", hidden=True)] = False,
    share: ShareOption = False,
    share_plain: SharePlainOption = False,
    share_address: ShareAddressOption = None,
    cert: CertOption = None,
    key: KeyOption = None,
    quiet_share: Annotated[bool, typer.Option("--quiet-share", hidden=True)] = False,
    home: HomeOption = None,
) -> None:
    from ui.cli.launch import serve_here

    shared = share_of(share, share_plain, share_address, cert, key)
    serve_here(home_at(home), port, until_end, until_left, shared, invited=shared is not None and not quiet_share)


@app.command(help=_("Attaches a console to the running service; with none, starts one to begin a meeting from."))
def console(
    url: Annotated[str | None, typer.Argument(metavar="[URL]", help=_("Address of the stream (ws://…)."))] = None,
    display: Annotated[
        bool, typer.Option("--display", help=_("The room's screen: the current item, large, for a projector."))
    ] = False,
    token_file: TokenFileOption = None,
    fingerprint: FingerprintOption = None,
    home: HomeOption = None,
) -> None:
    import sys

    from ui.cli.launch import address_or_start, attach
    from ui.cli.tokens import give_back_keyboard

    if url is None and not display and sys.stdin.isatty() and sys.stdout.isatty():
        address_or_start(home_at(home))
    address, secret = where(url, token_file, home)
    give_back_keyboard()
    attach(address, secret, home_at(home), display, fingerprint=fingerprint)


@app.command(help=_("Follows a meeting's events in the terminal."))
def tail(
    url: Annotated[str | None, typer.Argument(metavar="[URL]", help=_("Address of the stream (ws://…)."))] = None,
    after: Annotated[int | None, typer.Option(min=0, help=_("Begin after this event."))] = None,
    epoch: Annotated[
        str | None,
        typer.Option(metavar="EPOCH", help=_("Of the record that --after counts in: `epoch` of its `welcome`.")),
    ] = None,
    token_file: TokenFileOption = None,
    fingerprint: FingerprintOption = None,
    home: HomeOption = None,
    json: JsonOption = False,
) -> None:
    import asyncio

    address, secret = where(url, token_file, home)
    # A place is one in a log: that of this machine's service is known, that of another is not.
    if url is None and epoch is None:
        epoch = home_at(home).address().epoch
    if after and epoch is None:
        note(
            _(
                "Which record --after counts in is not known without --epoch: this begins with the record as it stands."
            )
        )
    asyncio.run(_tail(address, secret, epoch, after, json, fingerprint))


def where(url: str | None, token_file: str | None, home: Path | None) -> tuple[str, str]:
    """The stream's address and token: those given, or the running service's. Raises NoService."""
    if url is None:
        address = home_at(home).address()
        return address.ws_url, address.token
    # A token in the fragment stays out of it: every program of the machine can read a command line.
    stream = _stream_at(url.partition("#")[0])
    token = secret_of(token_file)
    if not token:
        raise typer.BadParameter(
            _("another service is opened by a token: give --token-file, or set MEETING_TOKEN")
        )
    return stream, token


def _stream_at(url: str) -> str:
    """The address of the stream for that of a page; a stream's own as it is."""
    if url.startswith("ws+unix://"):
        return url
    try:
        parts = urlsplit(url)
        scheme = {"http": "ws", "https": "wss"}.get(parts.scheme, parts.scheme)
        good = scheme in ("ws", "wss") and parts.hostname and parts.port != 0
    except ValueError:
        good = False
    if not good:
        raise typer.BadParameter(
            _("{url} is no address of a service, such as https://192.168.1.5:8443/").format(url=url)
        )
    path = parts.path.rstrip("/").removesuffix("/stream")
    return f"{scheme}://{parts.netloc}{path}/stream"


async def _tail(
    url: str, token: str, epoch: str | None, after: int | None, json: bool, fingerprint: str | None
) -> None:
    import msgspec

    from meeting.errors import Disconnected
    from meeting.stream.client import Reconnected, Reconnecting, connect
    from meeting.stream.messages import Welcome
    from ui.cli.transcript import TranscriptLines

    lines = TranscriptLines()
    welcomed = False
    async with connect(
        url, token, epoch=epoch, after=after or 0, partials=json, fingerprint=fingerprint
    ) as stream:
        async for message in stream:
            welcomed = welcomed or isinstance(message, Welcome)
            if isinstance(message, Reconnecting) and message.attempt >= ENOUGH_ATTEMPTS and not welcomed:
                raise Disconnected()
            if not json:
                for line in lines.lines(message):
                    say(line)
            elif not isinstance(message, Reconnecting | Reconnected):
                print(msgspec.json.encode(message).decode(), flush=True)
