"""How the demo goes: past minutes into the archive, the bundled meeting through the whole chain, then its record."""

import asyncio
import os
import shlex
import shutil
import sys
from pathlib import Path

from meeting.domain.events import ItemMoved
from meeting.home import Home
from meeting.minutes.export import export
from meeting.projection import record_of
from meeting.records import Records
from meeting.store.meetings import RunOptions
from meeting.stream.client import Received, Stream
from meeting.stream.messages import Search, Welcome
from search.documents import Results
from ui.cli.context import say
from ui.cli.hits import describe
from ui.cli.launch import Plan, run_detached, run_here
from ui.cli.records import file_name, stored_unless_refused
from ui.locale import _

DATA = Path(__file__).parent.parent / "demo"


def demo_home(given: Path | None) -> Home:
    """The home asked for, else one of the demo's own, so that invented minutes never mix with real ones."""
    asked = given or os.environ.get("MEETING_HOME")
    return Home(Path(asked) if asked else Home().folder / "demo").prepare()


def rehearse(given: Path | None, pace: str, port: int, *, console: bool, output: Path | None) -> None:
    """Plays the demo meeting and says where its record lies."""
    home = demo_home(given)
    records = Records(home)
    for report in records.library.import_files([DATA / "past"]):
        if report.error is not None:
            raise report.error
    options = RunOptions(source=str(DATA / "meeting.flac"), pace=pace, follow_chair=True)
    with stored_unless_refused(DATA / "agenda.yaml", home.folder) as meeting_id:
        plan = Plan(home=home, meeting=meeting_id, options=options, port=port)
        if console:
            run_detached(plan)
        else:
            say(_("A demo meeting of 90 seconds; its home is {home}.").format(home=home.folder))
            run_here(plan, json=False, watch=LookUp().watch)
    stored = records.meetings.get(meeting_id)
    if stored.state != "closed":
        return
    path = output or home.exports(meeting_id) / file_name(stored.title, stored.date, "md")
    path.parent.mkdir(parents=True, exist_ok=True)
    export(record_of(records, stored), "md", path)
    say()
    say(_("The record: {path}").format(path=path))
    hint = _("Look around: {meeting} search 办公用房 --home {home}")
    say(hint.format(meeting=called_as(sys.argv[0]), home=shlex.quote(str(home.folder))))


def called_as(started: str) -> str:
    """How a shell in this folder calls the program that was started as `started`."""
    program = Path(started).absolute()
    if not (program.is_file() and os.access(program, os.X_OK)):
        return "meeting"
    found = shutil.which(program.name)
    if found is not None and Path(found).samefile(program):
        return program.name
    if program.parent == Path.cwd():
        return shlex.quote(f"./{program.name}")
    below = program.relative_to(Path.cwd()) if program.is_relative_to(Path.cwd()) else program
    return shlex.quote(str(below))


class LookUp:
    """Asks once, when the first item with a history begins, what was decided about it before."""

    def __init__(self) -> None:
        self._titles: dict[str, str] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._asked = False

    def watch(self, stream: Stream, message: Received) -> None:
        """Looks at each message of the stream."""
        if isinstance(message, Welcome):
            self._titles = {item.item_id: item.matter or item.title for item in message.items}
        elif isinstance(message, ItemMoved) and message.state == "ongoing" and not self._asked:
            self._asked = True
            task = asyncio.create_task(self._ask(stream, self._titles.get(message.item_id, "")))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _ask(self, stream: Stream, words: str) -> None:
        import msgspec

        command = Search(id=stream.new_id(), query=words, kind=("minutes", "decision"), limit=2)
        results = msgspec.convert(await stream.command(command), Results)
        say()
        say(_("?? What was decided before about {words}:").format(words=words))
        for hit in results.hits:
            for line in describe(hit):
                say("   " + line)
        say()
