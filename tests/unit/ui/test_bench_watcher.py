"""The stream's messages on the clock of the recording."""

import pytest

from meeting.domain.events import End, Segment
from meeting.stream.messages import MeetingHead, Partial, Status, Welcome
from ui.bench.asr.live import Watcher
from ui.bench.asr.screen import Piece

BEGAN = "2026-11-24T09:00:00.000+00:00"
BEGAN_MS = 1_795_510_800_000


def welcome(began: str | None) -> Welcome:
    head = MeetingHead(id="m1", title="局长办公会", audio_started_at=began)
    return Welcome(
        epoch="e", meeting=head, items=(), current_item=None, role="secretary", seq=0, server_time=BEGAN
    )


def status(recorded_ms: int, began: str | None = BEGAN, lag_ms: int = 0) -> Status:
    return Status(
        recording="keep", state="recording", audio_started_at=began, recorded_ms=recorded_ms, lag_ms=lag_ms
    )


def partial(text: str = "同志们") -> Partial:
    return Partial(segment_id="s0", revision=1, start_ms=0, end_ms=900, text=text)


def test_arrivals_count_from_the_first_sample():
    watcher = Watcher()
    watcher.take(BEGAN_MS - 300, welcome(None))
    watcher.take(BEGAN_MS + 1000, status(900, lag_ms=700))
    watcher.take(BEGAN_MS + 1400, partial())
    final = Segment(segment_id="s0", rev=1, item_id=None, start_ms=0, end_ms=1800, text="同志们。")
    watcher.take(BEGAN_MS + 2500, final)
    watcher.take(BEGAN_MS + 2600, status(2500, lag_ms=200))
    updates = watcher.updates()
    assert [update.at_ms for update in updates] == [1400, 2500]
    assert updates[0].pieces == (Piece(id="s0", start_ms=0, end_ms=900, text="同志们"),)
    assert updates[1].pieces[0].final
    assert watcher.lag_max_ms == 700
    assert not watcher.ended
    watcher.take(BEGAN_MS + 2700, End(reason="source_ended"))
    assert watcher.ended


def test_text_that_came_before_the_beginning_was_known_is_kept():
    watcher = Watcher()
    watcher.take(BEGAN_MS + 950, partial())
    watcher.take(BEGAN_MS + 1000, status(900))
    assert [update.at_ms for update in watcher.updates()] == [950]


def test_a_beginning_that_is_stated_too_late_is_corrected_by_what_is_recorded():
    watcher = Watcher()
    watcher.take(BEGAN_MS, welcome(BEGAN))
    watcher.take(BEGAN_MS + 500, status(560))
    watcher.take(BEGAN_MS + 1000, status(1100))
    watcher.take(BEGAN_MS + 1400, partial())
    assert [update.at_ms for update in watcher.updates()] == [1500]


def test_at_another_pace_the_clock_is_the_recordings():
    watcher = Watcher(pace=1.5)
    watcher.take(BEGAN_MS, welcome(BEGAN))
    watcher.take(BEGAN_MS + 1000, partial())
    assert [update.at_ms for update in watcher.updates()] == [1500]


@pytest.mark.parametrize("messages", [(), (welcome(None), partial())])
def test_without_sound_there_is_nothing(messages):
    watcher = Watcher()
    for message in messages:
        watcher.take(BEGAN_MS, message)
    assert watcher.updates() == ()
