"""After the meeting: its record, what was decided and who has to do what, whether it is untouched, and files of it."""

from base64 import b64decode
from collections.abc import Iterator
from pathlib import Path
from typing import Any, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.screen import Screen
from textual.widgets import Input, Static

from meeting.domain.events import Gap
from meeting.minutes.export import EXPORTERS, write_file
from meeting.minutes.words import positions_text
from meeting.stream.messages import Export, Verify
from models.refusal import Refusal
from ui.console.commands import Commands
from ui.console.keymap import bindings
from ui.console.model import Change, MeetingModel
from ui.console.widgets.prose import Prose
from ui.console.widgets.status import KeyBar
from ui.console.wrapping import clean
from ui.locale import _, explain
from ui.plain import powerless
from ui.words import clock, duration, gap_text

MOST_ROWS = 400
"""More would be slow to draw; the whole record is in the file."""
TIME_CELLS = 10


class AfterScreen(Screen[None]):
    """On the left the record, on the right what came of it."""

    PLACE = "after"
    AUTO_FOCUS = "#after-record"
    BINDINGS: ClassVar[list[BindingType]] = [*bindings("after")]

    def __init__(self, model: MeetingModel, commands: Commands) -> None:
        super().__init__()
        self._model = model
        self._commands = commands

    def compose(self) -> ComposeResult:
        yield Static(id="after-head", classes="screen-title", markup=False)
        with Horizontal(id="after-desk"):
            with VerticalScroll(id="after-record", can_focus=True):
                yield Static(id="after-rows", markup=False)
            with Vertical(id="after-side"):
                with VerticalScroll(id="after-results", can_focus=True):
                    yield Static(id="after-decided", markup=False)
                yield Static(id="after-verdict", markup=False)
                yield Input(id="after-file", placeholder=_("F5: write a file (.md …)"))
        yield Static(id="after-word", markup=False)
        yield KeyBar("after")

    def on_mount(self) -> None:
        self.call_after_refresh(self.show, Change())
        self.action_verify()

    def show(self, change: Change) -> None:
        """Draws the record as it stands."""
        model = self._model
        if not self.query("#after-rows") or model.head is None:
            return
        head = model.head
        length = duration(model.media_now_ms)
        title = " · ".join(filter(None, (clean(head.title), head.date, length)))
        self.query_one("#after-head", Static).update(Content(title))
        self.query_one("#after-rows", Static).update(Prose(Content("\n").join(self._rows()), hang=TIME_CELLS))
        self.query_one("#after-decided", Static).update(Prose(Content("\n").join(self._results())))

    def _rows(self) -> Iterator[Content]:
        model = self._model
        item: str | None = "none yet"
        for row in model.rows[:MOST_ROWS]:
            if isinstance(row, Gap):
                yield Content.styled("┄ " + gap_text(row), "$text-warning")
                continue
            if row.item_id != item:
                item = row.item_id
                entry = model.item(row.item_id)
                name = (
                    _("Item {number}  {title}").format(number=entry.number, title=clean(entry.title))
                    if entry
                    else _("Outside the items")
                )
                yield Content.styled(name, "bold $text-primary")
            time = (clock(row.start_ms, model.audio_started_at) + "  ", "$quiet")
            speaker = (clean(row.speaker) + "：", "$text-secondary") if row.speaker else ""
            yield Content.assemble(time, speaker, clean(row.text))
        if len(model.rows) > MOST_ROWS:
            rest = len(model.rows) - MOST_ROWS
            yield Content.styled(_("… {count} more: F5 writes all of it to a file.").format(count=rest), "$quiet")

    def _results(self) -> Iterator[Content]:
        model = self._model
        yield Content.styled(_("Decisions"), "bold $text-primary")
        decisions = [one for one in model.decisions.values() if not one.withdrawn]
        for decision in decisions:
            numbers = "、".join(str(entry.number) for one in decision.item_ids if (entry := model.item(one)))
            yield Content.assemble(
                (f"{numbers}  ", "bold"),
                (clean(decision.outcome), "bold $text-accent"),
                "  ",
                clean(decision.resolution_text),
            )
            yield from (Content.styled("   " + clean(told), "$quiet") for told in positions_text(decision))
        if not decisions:
            yield Content.styled(_("none noted"), "$quiet")
        yield Content("")
        yield Content.styled(_("Action items"), "bold $text-primary")
        actions = [one for one in model.actions.values() if one.state != "withdrawn"]
        for action in actions:
            who = "、".join(filter(None, (action.lead_unit, action.owner)))
            due = _("by {date}").format(date=action.due_date) if action.due_date else ""
            yield Content.assemble(
                "· ", clean(action.text), ("  " + " · ".join(filter(None, (clean(who), due))), "$quiet")
            )
        if not actions:
            yield Content.styled(_("none noted"), "$quiet")

    def action_verify(self) -> None:
        self.run_worker(self._verify(), group="verify", exclusive=True)

    async def _verify(self) -> None:
        head = self._model.head
        if head is None:
            return
        place = self.query_one("#after-verdict", Static)
        place.update(Content.styled(_("Checking the record…"), "$quiet"))
        verdict = await self._asked(lambda id: Verify(id=id, meeting=head.id))
        if verdict is None:
            place.update(Content.styled(_("Not checked."), "$quiet"))
            return
        sound = {
            "none": _("no sound is kept"),
            "recorded": _("the sound is not sealed yet"),
            "sealed": _("the sound is sealed"),
            "destroyed": _("the sound was destroyed on order"),
        }.get(verdict["sound"], str(verdict["sound"]))
        if verdict["ok"]:
            said = ("✓ " + _("The record is as it was written."), "bold $text-success")
        else:
            text = _("{count} things are not as they were written: see `meeting verify {meeting}`.")
            said = ("✗ " + text.format(count=len(verdict["faults"]), meeting=head.id), "bold $text-error")
        events = _("{events} events; {sound}.").format(events=verdict["events"], sound=sound)
        place.update(Prose(Content.assemble(said, "\n", (events, "$quiet"))))

    def action_export(self) -> None:
        box = self.query_one("#after-file", Input)
        head = self._model.head
        if not box.value and head is not None:
            safe = "".join("_" if c in '/\\:*?"<>|' else c for c in powerless(head.title, "_"))[:60].strip(" .")
            box.value = str(Path.cwd() / f"{head.date} {safe}.md")
        box.focus()

    @on(Input.Submitted, "#after-file")
    def _file_given(self, event: Input.Submitted) -> None:
        if event.value.strip():
            self.run_worker(self._export(Path(event.value.strip()).expanduser()), group="export", exclusive=True)

    async def _export(self, path: Path) -> None:
        head = self._model.head
        format = path.suffix.removeprefix(".").lower()
        if head is None:
            return
        if format not in EXPORTERS:
            self._say(_("The file's ending says what is written: {known}.").format(known=", ".join(EXPORTERS)))
            return
        answer = await self._asked(lambda id: Export(id=id, meeting=head.id, format=format))
        if answer is None:
            return
        try:
            write_file(path, b64decode(answer["content"]))
        except Refusal as refused:
            self._say(explain(refused))
            return
        self._say(_("Written: {path}").format(path=path), good=True)
        self.query_one("#after-record").focus()

    def action_new_meeting(self) -> None:
        self.app.call_later(self.app.run_action, "app.new_meeting")

    async def _asked(self, make: Any) -> Any:
        try:
            return await self._commands.ask(make)
        except Refusal as refused:
            self._say(explain(refused))
        return None

    def _say(self, text: str, good: bool = False) -> None:
        for place in self.query("#after-word").results(Static):
            place.update(Prose(Content.styled(text, "bold $text-success" if good else "bold $text-warning")))
