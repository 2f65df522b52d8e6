"""Refining as events: what is replaced, what never is, and what a second or a killed run does."""

import signal
import subprocess
import sys
from pathlib import Path

import msgspec
import numpy as np
import pytest

import meeting.refining
from asr.journal import JournalWriter
from asr.refine import Wording
from meeting.domain.agenda import Agenda, AgendaItem
from meeting.domain.events import AgendaChanged, End, Event, Segment
from meeting.domain.state import AgendaState
from meeting.errors import MeetingRunning, SoundNotKept
from meeting.home import Home
from meeting.records import Records
from meeting.refining import Report, better_text, refine_meeting
from meeting.store.log import EventLog
from meeting.store.meetings import RunOptions
from search.documents import Query
from tests.conftest import ROOT
from tests.unit.asr.scripted import Asked, Scripted, hypothesis, in_turn

AGENDA = Agenda(
    title="局长办公会议",
    date="2026-03-09",
    items=(AgendaItem(number=1, title="审议清理整改方案", presenter="周敏"),),
)
RATE_HZ = 16_000
BETTER = ("请周敏同志汇报", "没有意见", *["请周敏同志汇报 没有意见"] * 2)


def said(at_s: int, text: str, rev: int = 1, **other: object) -> Segment:
    first = Segment(
        segment_id=f"s{at_s}", rev=rev, item_id="i1", start_ms=at_s * 1000, end_ms=at_s * 1000 + 2000, text=text
    )
    return msgspec.structs.replace(first, **{"confidence": 0.7, "raw_text": text} | other)


def sound(path: Path, seconds: int = 12, silent: tuple[int, int] = (0, 0)) -> None:
    samples = np.random.default_rng(1).integers(1, 900, seconds * RATE_HZ).astype(np.int16)
    samples[silent[0] * RATE_HZ : silent[1] * RATE_HZ] = 0
    with JournalWriter(path) as writer:
        writer.append(samples)
        writer.seal("end")


class Held:
    """A home with one meeting that was held."""

    def __init__(self, home: Home, agenda: Agenda = AGENDA) -> None:
        self.records = Records(home)
        self.id = self.records.meetings.add(agenda)
        self.records.meetings.begin(self.id, RunOptions(model="whisper-base"))
        self.tell([AgendaChanged(items=AgendaState.from_agenda(agenda).items)])

    @property
    def log(self) -> EventLog:
        return self.records.log(self.id)

    def tell(self, facts: list[Event]) -> None:
        self.log.append(facts)

    def close(self) -> None:
        self.tell([End(reason="stopped")])

    def refine(self, recognizer: Scripted) -> Report:
        meeting = self.records.meetings.get(self.id)
        return refine_meeting(self.records, meeting, lambda: recognizer, model="whisper-base")

    def texts(self) -> list[str]:
        return [segment.text for segment in self.log.state().segments]


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "家").prepare()


@pytest.fixture
def held(home: Home) -> Held:
    held = Held(home)
    sound(home.make_journal(held.id))
    held.tell([said(0, "请周末同志会报。"), said(4, "没有意见。")])
    return held


def better() -> Scripted:
    return in_turn(*BETTER)


def test_better_text_is_a_higher_revision_with_the_same_id_times_and_item() -> None:
    old = said(0, "请周末同志会报。", rev=3, seq=9, at="2026-03-09T01:00:00.000+00:00", speaker="李建国")
    wording = Wording(id="s0", text="请周敏同志汇报。", raw_text="请周敏同志汇报", confidence=0.9)
    (new,) = better_text([old], [wording])
    assert isinstance(new, Segment)
    assert (new.rev, new.source, new.by, new.text) == (4, "refine", "refine", "请周敏同志汇报。")
    assert (new.segment_id, new.item_id, new.start_ms, new.end_ms, new.speaker) == ("s0", "i1", 0, 2000, "李建国")
    assert (new.seq, new.raw_text, new.confidence) == (0, "请周敏同志汇报", 0.9)


@pytest.mark.parametrize("touch", [{"source": "human", "by": "王芳"}, {"from_": ("s9",)}])
def test_what_a_person_has_worded_split_or_joined_is_never_replaced(touch: dict[str, object]) -> None:
    wording = Wording(id="s0", text="请周敏同志汇报。", raw_text="", confidence=0.9)
    assert better_text([said(0, "请周末同志会报。", **touch)], [wording]) == []


def test_the_same_or_no_text_and_an_unknown_segment_make_no_event() -> None:
    wordings = [
        Wording(id=one, text=text, raw_text="", confidence=0.9) for one, text in (("s0", "同意。"), ("s7", "啊"))
    ]
    assert better_text([said(0, "同意。")], wordings) == []
    assert better_text([said(0, "同意。")], [Wording(id="s0", text="", raw_text="", confidence=0.9)]) == []


def test_a_record_is_refined_found_by_its_new_text_and_not_changed_by_a_second_run(held: Held) -> None:
    held.close()
    recognizer = better()
    report = held.refine(recognizer)
    assert (report.segments, report.changed, report.untouched) == (2, 1, 0)
    assert held.texts() == ["请周敏同志汇报。", "没有意见。"]
    assert recognizer.asked[0].prompt.startswith("周敏")
    found = held.records.library.search(Query(text="周敏同志汇报", kinds=("record",)))
    assert found.total == 1
    last = held.log.last_seq()
    assert held.refine(in_turn()).changed == 0 and held.log.last_seq() == last


def test_without_the_note_of_what_was_done_a_second_run_comes_to_the_same_text(held: Held) -> None:
    held.close()
    held.refine(better())
    last = held.log.last_seq()
    (held.records.home.meeting(held.id) / "refined.json").write_text("{断", "utf-8")
    assert held.refine(better()).changed == 0 and held.log.last_seq() == last


def test_an_edit_made_while_the_sound_is_decoded_stays(held: Held) -> None:
    held.close()

    left = list(BETTER)

    def edited_before_the_last(asked: Asked) -> str:
        if len(left) == 1:
            held.tell([said(0, "请周敏汇报", rev=2, source="human", by="王芳")])
        return left.pop(0)

    assert held.refine(Scripted(edited_before_the_last)).changed == 0
    assert held.texts() == ["请周敏汇报", "没有意见。"]


def test_an_edit_between_the_look_and_the_writing_makes_it_look_again(
    held: Held, monkeypatch: pytest.MonkeyPatch
) -> None:
    held.close()
    look, edits = meeting.refining.better_text, [said(0, "请周敏汇报", rev=2, source="human", by="王芳")]

    def edited(*args: object) -> list[Event]:
        facts = look(*args)  # type: ignore[arg-type] # passed on as they came
        if edits:
            held.tell([edits.pop()])
        return facts

    monkeypatch.setattr(meeting.refining, "better_text", edited)
    assert held.refine(better()).changed == 0
    assert held.texts() == ["请周敏汇报", "没有意见。"]


def test_a_run_that_died_is_taken_up_where_it_ended(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    held = Held(home)
    sound(home.make_journal(held.id), seconds=250)
    held.tell([said(0, "请周末同志会报。"), said(200, "没有一见。")])
    held.close()
    monkeypatch.setattr("asr.refine._CHUNK", 3 * RATE_HZ)
    with pytest.raises(IndexError):
        held.refine(in_turn(*["请周敏同志汇报"] * 3))
    assert held.texts() == ["请周敏同志汇报。", "没有一见。"]
    assert held.refine(in_turn(*["没有意见"] * 3)).changed == 1
    assert held.texts() == ["请周敏同志汇报。", "没有意见。"]


DIES = """
import os, signal, sys
from pathlib import Path
from meeting.home import Home
from meeting.records import Records
from meeting.refining import refine_meeting
from tests.unit.asr.scripted import Scripted

def decode(asked):
    os.kill(os.getpid(), signal.SIGKILL)

records = Records(Home(Path(sys.argv[1])))
refine_meeting(records, records.meetings.get(sys.argv[2]), lambda: Scripted(decode), model="whisper-base")
"""


def test_what_no_recognizer_survived_is_tried_again_and_left_out_once_refining_died_over_it(home: Home) -> None:
    held = Held(home)
    sound(home.make_journal(held.id))
    held.tell([said(0, "没有一见。"), said(4, "〔听不清〕", raw_text="", confidence=0.0)])
    held.close()
    dead = subprocess.run([sys.executable, "-c", DIES, home.folder, held.id], cwd=ROOT, timeout=120)
    assert dead.returncode == -signal.SIGKILL
    recognizer = in_turn(*["没有意见"] * 3)
    assert held.refine(recognizer).changed == 1
    assert held.texts() == ["没有意见。", "〔听不清〕"]
    assert all(asked.length_s < 3 for asked in recognizer.asked)


def test_segments_whose_sound_is_gone_are_left_as_they_are(home: Home) -> None:
    held = Held(home)
    sound(home.make_journal(held.id), silent=(0, 3))
    held.tell([said(0, "请周末同志会报。"), said(4, "没有一见。")])
    held.close()
    report = held.refine(in_turn(*["没有意见"] * 3))
    assert (report.changed, report.untouched) == (1, 1)
    assert held.texts() == ["请周末同志会报。", "没有意见。"]


def test_a_meeting_that_is_still_open_is_refused(held: Held) -> None:
    with pytest.raises(MeetingRunning):
        held.refine(in_turn())


@pytest.mark.parametrize("recording", ["keep", "transcribe_only", "off"])
def test_a_meeting_without_kept_sound_is_refused(home: Home, recording: str) -> None:
    held = Held(home, msgspec.structs.replace(AGENDA, recording=recording))
    held.tell([said(0, "同意。")])
    held.close()
    with pytest.raises(SoundNotKept) as refused:
        held.refine(in_turn())
    assert str(refused.value) == (
        f"No sound of the meeting {held.id} is kept, so it cannot be decoded again. Its record stays as it is; "
        "correct it by hand where needed."
    )
    assert held.texts() == ["同意。"]


def test_expected_words_are_put_right_in_the_new_text_as_they_were_live(home: Home) -> None:
    agenda = msgspec.structs.replace(AGENDA, glossary=("督办台账",))
    held = Held(home, agenda)
    sound(home.make_journal(held.id))
    held.tell([said(0, "列入都办台账。")])
    held.close()
    held.refine(in_turn("这件事列入都办台账", "这件事列入都办台账", "这件事列入都办台账"))
    (segment,) = held.log.state().segments
    assert segment.text == "这件事列入督办台账。"
    assert [(one.before, one.after) for one in segment.changes] == [("都办台账", "督办台账")]


@pytest.mark.parametrize(
    ("run", "asked", "wanted"),
    [
        (True, None, "一共128个。"),
        (False, None, "一共一百二十八个。"),
        (False, True, "一共128个。"),
        (True, False, "一共一百二十八个。"),
    ],
)
def test_numbers_are_written_as_the_meeting_was_run_unless_asked_otherwise(
    home: Home, run: bool, asked: bool | None, wanted: str
) -> None:
    held = Held(home)
    held.records.meetings.begin(held.id, RunOptions(figures=run))
    sound(home.make_journal(held.id))
    held.tell([said(0, "一公。")])
    held.close()
    recognizer = in_turn(*["一共一百二十八个"] * 4)
    refine_meeting(
        held.records, held.records.meetings.get(held.id), lambda: recognizer, model="whisper-base", figures=asked
    )
    assert held.texts() == [wanted]


CREDITS = "請不吝點贊 訂閱 轉發 打賞支持明鏡與點點欄目"


@pytest.mark.parametrize(
    ("decodes", "wanted"),
    [
        ((CREDITS, "请坐在前面的一排", "你能成功的程式"), "〔听不清〕"),
        ((CREDITS, CREDITS, CREDITS), "〔听不清〕"),
        (("會議原則同意", "會議原則同意", "会议原则同意"), "会议原则同意。"),
    ],
)
def test_what_was_withheld_enters_the_record_only_where_the_new_decodes_agree(
    home: Home, decodes: tuple[str, ...], wanted: str
) -> None:
    held = Held(home)
    sound(home.make_journal(held.id))
    held.tell([msgspec.structs.replace(said(0, "〔听不清〕"), raw_text=CREDITS, confidence=0.3)])
    held.close()
    left = list(decodes)
    held.refine(Scripted(lambda asked: hypothesis(left.pop(0), asked.length_s, avg_logprob=-0.85)))
    assert held.texts() == [wanted]
