"""Composition: puts home, model, service and console together for the commands that run a meeting."""

import asyncio
import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import msgspec

from asr.programs import command_of, environment_of
from meeting.errors import NoService, ServiceRunning
from meeting.home import Home, ServiceAddress
from meeting.logs import log_to
from meeting.ports import Share
from meeting.service import Service
from meeting.store.meetings import RunOptions
from meeting.stream.client import Received, Reconnected, Reconnecting, Stream, connect
from meeting.stream.messages import Start, Status, Stop
from models.refusal import N_, Refusal
from ui.cli.context import cut_short, note, say
from ui.cli.remote import give
from ui.cli.sharing import arguments_of, invite
from ui.cli.transcript import TranscriptLines
from ui.locale import _

PRINTED_WITHIN_S = 10.0
SERVICE_WITHIN_S = 20.0


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """A meeting to be run, and how."""

    home: Home
    meeting: str
    options: RunOptions
    port: int = 0
    share: Share | None = None


class ServiceFailed(Refusal):
    """The service that was started in the background ended at once; its own sentence is passed on."""

    code = "service_failed"
    template = N_("The service did not start: {why}")

    def __init__(self, exit_code: int, **facts: str) -> None:
        self.exit_code = exit_code  # type: ignore[misc] # that of the service itself
        super().__init__(**facts)


_found: dict[str, tuple[Path, tuple[tuple[object, ...], ...]]] = {}


def find_model(name: str) -> Path:
    """The folder of a model on this machine; its files are hashed once, and again when one of them has changed.

    Raises ModelMissing, ModelDamaged.
    """
    from models.store import ModelStore

    path, stamps = _found.get(name, (None, ()))
    if path is None or _stamps(path) != stamps:
        path = ModelStore().find(name)
        _found[name] = path, _stamps(path)
    return path


def _stamps(folder: Path) -> tuple[tuple[object, ...], ...]:
    """What changes whenever a file of the folder does, whoever sets its time of modification back."""
    looks = [(path.name, path.stat()) for path in sorted(folder.glob("*"))]
    return tuple((name, look.st_ino, look.st_size, look.st_ctime_ns) for name, look in looks)


def check_language(language: str, model: str) -> None:
    """Refuses a language that the model does not know. Raises LanguageUnknown, ModelMissing, ModelDamaged."""
    from asr import languages

    languages.check_language(find_model(model), language)


def serve_here(
    home: Home,
    port: int,
    until_end: bool,
    until_left: bool = False,
    share: Share | None = None,
    invited: bool = False,
) -> None:
    """`meeting serve`: signals end the service and leave the recorder recording. `invited`: shows the way in."""

    async def serve() -> None:
        log_to(home.run)
        service = Service(home, find_model, share)
        listener = service.bind(port)
        loop = asyncio.get_running_loop()
        for one in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(one, service.leave)
        signal.signal(signal.SIGHUP, signal.SIG_IGN)
        if (above := await service.go_on()) is not None:
            note(
                _(
                    "{meeting} is open and classified {classification}, for which this machine is not declared any "
                    "more. It goes on, on a Unix socket alone; `meeting stop` ends it."
                ).format(**above.facts | {"meeting": above.facts["file"]})
            )
        inviting = asyncio.create_task(_invite(home)) if invited else None
        await service.serve(listener, until_end, until_left)
        if inviting is not None:
            inviting.cancel()

    asyncio.run(serve())


def run_here(plan: Plan, json: bool, watch: Callable[[Stream, Received], None] | None = None) -> int:
    """`meeting run --no-console`: this process is the service, and prints what it hears. Signals stop the meeting."""

    async def run() -> None:
        log_to(plan.home.run)
        service = Service(plan.home, find_model, plan.share)
        listener = service.bind(plan.port)
        loop = asyncio.get_running_loop()
        asked = asyncio.Event()
        for one in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(one, asked.set)
        signal.signal(signal.SIGHUP, signal.SIG_IGN)
        await service.start(plan.meeting, plan.options, by="secretary")
        stopping = asyncio.create_task(_stop_when(asked, service))
        serving = asyncio.create_task(service.serve(listener, until_end=True))
        inviting = asyncio.create_task(_invite(plan.home)) if plan.share is not None else None
        printing = asyncio.create_task(_print(plan.home, Path(plan.options.source).name, json, watch))
        await serving
        # A stream that broke off before the end has nobody left to tell it of the end.
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(printing, PRINTED_WITHIN_S)
        if inviting is not None:
            await inviting
        if stopping.done():
            # What kept the meeting from being ended is said; its recorder goes on, and the next service.
            stopping.result()
        stopping.cancel()

    asyncio.run(run())
    return 0


async def _invite(home: Home) -> None:
    """Shows on the terminal how others look in, once the service answers."""
    await _address(home)
    for line in await asyncio.to_thread(invite, home, sys.stderr.isatty()):
        note(line)


async def _stop_when(asked: asyncio.Event, service: Service) -> None:
    """Ends the meeting once a signal has asked for it; where it cannot be ended, the service leaves it as it is."""
    await asked.wait()
    if service.session is not None:
        try:
            await service.session.stop("secretary")
        except Refusal:
            service.leave()
            raise


async def _print(home: Home, source: str, json: bool, watch: Callable[[Stream, Received], None] | None) -> None:
    address = await _address(home)
    lines, told = TranscriptLines(), False
    async with connect(address.ws_url, address.token, after=0, partials=json) as stream:
        async for message in stream:
            try:
                if not json:
                    for line in lines.lines(message):
                        say(line)
                elif not isinstance(message, Reconnecting | Reconnected):
                    print(msgspec.json.encode(message).decode(), flush=True)
            except OSError:
                # The terminal or the pipe is gone; the meeting goes on without it.
                os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            if isinstance(message, Status) and "truncated" in message.warnings and not told:
                told = True
                note(cut_short(source))
            if watch is not None:
                watch(stream, message)


async def _address(home: Home) -> ServiceAddress:
    deadline = time.monotonic() + SERVICE_WITHIN_S
    while True:
        try:
            return home.address()
        except NoService:
            if time.monotonic() > deadline:
                raise
            await asyncio.sleep(0.02)


def run_detached(plan: Plan) -> int:
    """`meeting run`: starts the service in the background, begins the meeting there, and attaches a console."""
    find_model(plan.options.model)
    try:
        running = plan.home.address()
    except NoService:
        address = start_service(plan.home, plan.port, plan.share)
    else:
        raise ServiceRunning(home=plan.home.folder, pid=running.pid)
    options = plan.options

    def start(new_id: str) -> Start:
        return Start(
            id=new_id,
            meeting=plan.meeting,
            source=options.source,
            device=options.device,
            pace=options.pace,
            follow_chair=options.follow_chair,
            model=options.model,
            language=options.language,
            figures=options.figures,
        )

    try:
        asyncio.run(give(plan.home, start))
    except BaseException as error:
        if not isinstance(error, Refusal):
            # Somebody has changed their mind while the meeting began: nobody is left recorded unawares.
            with contextlib.suppress(Refusal):
                asyncio.run(give(plan.home, lambda new_id: Stop(id=new_id)))
        with contextlib.suppress(ProcessLookupError):
            os.kill(address.pid, signal.SIGTERM)
        raise
    for line in invite(plan.home, sys.stderr.isatty()):
        note(line)
    if plan.share is not None and sys.stdin.isatty():
        note(_("Enter opens the console."))
        sys.stdin.readline()
    attach(address.ws_url, address.token, plan.home)
    return 0


def start_service(home: Home, port: int, share: Share | None = None) -> ServiceAddress:
    """Starts a service of its own session, and returns where it answers. Raises ServiceFailed."""
    log = home.run / "service.log"
    arguments = ["serve", "--until-left", "--home", str(home.folder), "--port", str(port), *arguments_of(share)]
    if log.exists():
        # The words of one that died are not lost with the next start.
        log.replace(log.with_suffix(".log.1"))
    with log.open("wb") as output:
        child = subprocess.Popen(
            [*command_of("ui.cli"), *arguments],
            env=environment_of(),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
    deadline = time.monotonic() + SERVICE_WITHIN_S
    while time.monotonic() < deadline:
        try:
            address = home.address()
            if address.pid == child.pid:
                return address
        except NoService:
            pass
        if child.poll() is not None:
            lines = log.read_text(encoding="utf-8", errors="replace").strip().splitlines()
            raise ServiceFailed(exit_code=child.returncode or 1, why=lines[-1] if lines else str(child.returncode))
        time.sleep(0.02)
    child.terminate()
    raise ServiceFailed(exit_code=1, why=_("it did not answer in time"))


def attach(
    url: str, token: str, home: Home | None = None, display: bool = False, fingerprint: str | None = None
) -> None:
    """Opens the console on a stream; when it closes, says how things stand. `home`: where it remembers its place."""
    from ui.console.app import run_console

    outcome = run_console(
        lambda meeting: connect(url, token, meeting=meeting, hints=True, fingerprint=fingerprint),
        home=home,
        display=display,
    )
    if outcome == "detached":
        note(
            _("The console is closed; the meeting goes on. `meeting console` comes back, `meeting stop` ends it.")
        )


def address_or_start(home: Home) -> ServiceAddress:
    """Where the home's service answers; one that idles is started when none runs, and ends when it is left."""
    try:
        return home.address()
    except NoService:
        return start_service(home, port=0)
