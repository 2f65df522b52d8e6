"""Hands on the record: words, halves and wholes, names, marks, notes, and the sound of a sentence."""

from functools import partial

from textual import on

from meeting.domain.events import Note, Segment
from meeting.stream.messages import Edit, Join, Move, NoteDown, Redo, Speaker, Split, Undo
from models.refusal import Refusal
from ui.console.editing.editor import KEPT_AS, EditorPanel
from ui.console.editing.speaking import BY
from ui.console.kept import Draft, Listening
from ui.console.playing import Output, outputs
from ui.console.screens.choose import Choice, ChooseScreen, Chosen
from ui.console.screens.meeting_base import MeetingBase
from ui.console.screens.prompt import PromptScreen
from ui.locale import _, explain

STAR, DOUBT = "★", "?"
HEADPHONES = "headphones"


class RecordHands(MeetingBase):
    """The actions on sentences; without a selection they mean the newest one."""

    def action_edit(self) -> None:
        chosen = self.chosen()
        if chosen and not self.editor.unsaved:
            self.edit(chosen[-1])

    def action_range(self) -> None:
        """For terminals that keep Shift+↑ ↓ for themselves."""
        self.transcript.focus()
        if self.transcript.begin_range():
            self.tell(_("↑ ↓ choose several now; the next key does something with them, Esc lets them go."))
        else:
            self.tell(_("↑ ↓ choose one sentence again."))

    def edit(self, segment: Segment, draft: Draft | None = None) -> None:
        """Opens the field at the foot; the sentence stays selected above it."""
        self.transcript.select(segment.segment_id)
        self.editor.open(self.meeting_id, segment, draft)
        # The field takes lines from the record: the sentence is to be seen above it.
        self.call_after_refresh(self.transcript.select, segment.segment_id)

    def take_up_draft(self) -> None:
        """What a console that died or lost its connection had not stored comes back as it was typed."""
        draft = self._keeper.read(KEPT_AS, Draft)
        if draft is None or draft.meeting != self.meeting_id or self.editor.is_open:
            return
        segment = self._model.segment(draft.segment_id)
        if segment is None:
            self.tell(
                _("An edit that was not saved is of a sentence that is gone: {text}").format(text=draft.text)
            )
            self._keeper.drop(KEPT_AS)
        else:
            self.edit(segment, draft)
            self.tell(_("Your edit that was not saved is here again."))

    @on(EditorPanel.Saved)
    def _saved(self, message: EditorPanel.Saved) -> None:
        self.run_worker(self._save(message), group="commands")

    async def _save(self, message: EditorPanel.Saved) -> None:
        if self._model.ended is not None:
            text = _(
                "The meeting is over, so this was not stored. Your words stay here: copy them, Esc twice drops them."
            )
            self.tell(text, failed=True)
            return
        self.editor.saving(True)
        done = await self._commands.give(
            lambda id: Edit(id=id, segment_id=message.segment_id, rev=message.rev, text=message.text)
        )
        if not self.editor.is_open:
            return
        self.editor.saving(False)
        if done and self.editor.text.strip() == message.text:
            self.editor.close()

    @on(EditorPanel.SplitHere)
    def action_split(self) -> None:
        segment = self.editor.segment
        if segment is None:
            self.tell(_("Enter opens a sentence; Ctrl+D splits it where the cursor stands."))
        elif self.editor.unsaved:
            self.tell(_("Save first (Enter); then split."))
        else:
            offset = self.editor.offset_in_text
            self.editor.close()
            self.give(lambda id: Split(id=id, segment_id=segment.segment_id, rev=segment.rev, offset=offset))

    @on(EditorPanel.Closed)
    def _edit_over(self) -> None:
        self.transcript.focus()

    def action_undo(self) -> None:
        self.give(lambda id: Undo(id=id))

    def action_redo(self) -> None:
        self.give(lambda id: Redo(id=id))

    def action_join(self) -> None:
        chosen = self.chosen()
        if len(chosen) == 1:
            row = self._model.place_of(chosen[0].segment_id) or 0
            after = next((one for one in self._model.rows[row + 1 :] if isinstance(one, Segment)), None)
            chosen = (*chosen, after) if after else chosen
        if len(chosen) < 2:
            self.tell(_("Select sentences that follow one another (Shift+↑ ↓); there is none after this one."))
            return
        ids, revs = tuple(one.segment_id for one in chosen), tuple(one.rev for one in chosen)
        self.transcript.select(None)
        self.give(lambda id: Join(id=id, segment_ids=ids, revs=revs))

    def action_refile(self) -> None:
        ids = tuple(one.segment_id for one in self.chosen())
        choices: list[Choice[str | None]] = [Choice(None, _("Outside the items"))]
        choices += [Choice(one.item_id, f"{one.number}  {one.title}") for one in self._model.items]
        if ids:
            self.choose(
                ChooseScreen(
                    _("Move {count} sentences to").format(count=len(ids)),
                    choices,
                    hint=_("Enter: move    Esc: back"),
                ),
                lambda chosen: self.give(lambda id: Move(id=id, segment_ids=ids, item_id=chosen.value)),
            )

    def action_speaker(self) -> None:
        """With a selection its sentences get the name, else all from the sentence of the moment on."""
        if self._model.head is None:
            return
        selected = tuple(one.segment_id for one in self.transcript.selected)
        title = (
            _("Who said these {count} sentences?").format(count=len(selected))
            if selected
            else _("Who is speaking from now on?")
        )
        choices: list[Choice[str | None]] = [Choice(name, name) for name in self._people()]
        choices.append(Choice(None, _("Nobody: take the name away")))
        self.choose(
            ChooseScreen(title, choices, hint=_("Type a name or ljg; Enter: choose    Esc: back"), free=True),
            partial(self._named, selected),
        )

    def _people(self) -> list[str]:
        """The item's presenter first, then who has spoken last, then everybody else."""
        head, current = self._model.head, self._model.current
        presenter = [current.presenter] if current and current.presenter else []
        spoken = [
            row.speaker for row in reversed(self._model.rows[-200:]) if isinstance(row, Segment) and row.speaker
        ]
        known = [*(head.people if head else ()), *([head.chair] if head and head.chair else [])]
        return list(dict.fromkeys([*presenter, *spoken, *known, *self._model.attendance]))

    def _named(self, selected: tuple[str, ...], chosen: Chosen[str | None]) -> None:
        person = chosen.typed or chosen.value
        if selected:
            self.give(lambda id: Speaker(id=id, segment_ids=selected, person=person))
            return
        self._speaking.begins(person, self._model)
        for row in reversed(self._model.rows[-8:]):
            if isinstance(row, Segment):
                self.name_new(row)
        self.show_speaker()

    def name_new(self, segment: Segment) -> None:
        """A new final has the name of whoever was said to be speaking."""
        person = self._speaking.name_for(segment)
        if person is not None:
            self.give(lambda id: Speaker(id=id, segment_ids=(segment.segment_id,), person=person, who=BY))
        self.show_speaker()

    def action_star(self) -> None:
        self._mark(STAR)

    def action_doubt(self) -> None:
        self._mark(DOUBT)

    def _mark(self, mark: str) -> None:
        """Marks all that are chosen; where all have the mark, it is taken away."""
        marks = {one.segment_id: self._marked(one, mark) for one in self.chosen()}
        marked = all(marks.values())
        for segment_id, note in marks.items():
            if marked and note is not None:
                self.give(partial(self._without, note, segment_id))
            elif note is None:
                self.give(partial(self._with, mark, segment_id))

    def _marked(self, segment: Segment, mark: str) -> Note | None:
        return next((note for note in self._model.notes_on(segment.segment_id) if note.mark == mark), None)

    @staticmethod
    def _with(mark: str, segment_id: str, id: str) -> NoteDown:
        return NoteDown(id=id, segment_id=segment_id, mark=mark)

    @staticmethod
    def _without(note: Note, segment_id: str, id: str) -> NoteDown:
        return NoteDown(id=id, segment_id=segment_id, note_id=note.note_id, rev=note.rev)

    def action_note(self) -> None:
        selected = self.transcript.selected
        segment_id = selected[-1].segment_id if selected else None
        item_id = self._model.current_item if segment_id is None else None
        if segment_id is None and item_id is None:
            segment_id = next((one.segment_id for one in self.chosen()), None)
        if segment_id is None and item_id is None:
            return
        title = _("A note on the sentence") if segment_id else _("A note on the item")

        def written(text: str | None) -> None:
            if text:
                self.give(lambda id: NoteDown(id=id, text=text, segment_id=segment_id, item_id=item_id))

        if self.is_current:
            self.app.push_screen(PromptScreen(title), written)

    def action_listen(self) -> None:
        segment = self.editor.segment or next(reversed(self.chosen()), None)
        if segment is None:
            return
        heard = self._keeper.read(HEADPHONES, Listening)
        if heard is None:
            self.run_worker(self._choose_headphones(segment), group="sound", exclusive=True)
        else:
            self.run_worker(self._listen(segment, heard.device), group="sound", exclusive=True)

    def action_headphones(self) -> None:
        self.run_worker(self._choose_headphones(None), group="sound", exclusive=True)

    async def _choose_headphones(self, then: Segment | None) -> None:
        """Once: which device is the secretary's own. What the system plays on is the room's, and is not offered."""
        found = [one for one in await self.in_thread(outputs) if not one.standard]
        if not found:
            self.tell(
                _("No headphones are found beside the room's loudspeakers: plug them in first."), failed=True
            )
            return
        choices = [Choice(one, one.shown or one.name) for one in found]

        def kept(chosen: Chosen[Output]) -> None:
            if chosen.value is not None:
                self._keeper.keep(HEADPHONES, Listening(device=chosen.value.name))
                if then is not None:
                    self.run_worker(self._listen(then, chosen.value.name), group="sound", exclusive=True)

        title = _("On which headphones do you listen? (never the room's loudspeakers)")
        self.choose(ChooseScreen(title, choices, hint=_("Enter: choose    Esc: back")), kept)

    async def _listen(self, segment: Segment, device: str) -> None:
        try:
            await self._player.play(self.meeting_id, segment.start_ms, segment.end_ms, device)
        except Refusal as refused:
            self.tell(explain(refused), failed=True)
