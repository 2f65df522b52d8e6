"""A sentence that ends every recognizer which decodes it: what is said after it is heard, and it can be tried again."""

from pathlib import Path

import numpy as np
import pytest
import soundfile

from asr.decoding import to_ms
from asr.listener import Listener
from asr.recognizer import FasterWhisperRecognizer
from asr.segmenter import Ended
from asr.text.unclear import UNCLEAR
from asr.vad import SileroVad
from meeting.clarity import MARK
from meeting.domain.events import Note, Segment
from meeting.refining import refine_meeting
from tests.conftest import Cli
from tests.faults.figures import Figure, keep
from tests.faults.held import Held
from tests.faults.scripted_worker import DEADLY_VARIABLE

pytestmark = [pytest.mark.model, pytest.mark.usefixtures("model_path")]
SECONDS = 10.0


def sentences(path: Path) -> list[Ended]:
    """Where the sound is cut."""
    sound, _ = soundfile.read(path, dtype="int16")
    listener = Listener(SileroVad(), lambda start, count: sound[start : start + count], 0)
    return [event for event in listener.finish(len(sound)) if isinstance(event, Ended)]


def deadly(path: Path, sentence: Ended, folder: Path) -> Path:
    """A tenth of a second from the middle of the sentence, as a file."""
    sound, _ = soundfile.read(path, dtype="int16")
    middle, place = (sentence.start + sentence.end) // 2, folder / "deadly.npy"
    np.save(place, sound[middle - 800 : middle + 800])
    return place


@pytest.fixture
def scripted(tmp_path: Path):
    folder = tmp_path / "here"
    folder.mkdir()
    cli = Cli(folder / "家", folder, "tests.faults.scripted_meeting")
    yield cli
    cli.close()


def test_sentence_that_kills_every_recognizer_is_left_out_and_what_follows_is_heard(
    clip, scripted, tmp_path, model_path
) -> None:
    said = sentences(clip(SECONDS))
    poison, *_ = said
    place = deadly(clip(SECONDS), poison, tmp_path)
    held = Held(scripted, clip(SECONDS), pace="20", **{DEADLY_VARIABLE: str(place)})
    held.await_end()
    record = held.record()
    held.assert_whole()
    assert record.ids == tuple(f"s{one.start}" for one in said)
    texts = {event.segment_id: event.text for event in record.events if isinstance(event, Segment)}
    assert [one for one, text in texts.items() if text == UNCLEAR] == [f"s{poison.start}"]
    (told,) = [event for event in record.events if isinstance(event, Note)]
    assert (told.segment_id, told.by, told.mark) == (f"s{poison.start}", "service", MARK)
    sound, _ = soundfile.read(clip(SECONDS), dtype="int16")
    assert np.array_equal(record.sound, sound)
    keep(
        Figure(
            fault="sentence that kills every recognizer which decodes it",
            lost_s=((len(sound) - len(record.sound)) / 16_000,),
            found=f"1 of {len(said)} sentences left 〔听不清〕 with its sound, and given text by refining",
        )
    )
    meeting = held.records.meetings.get(held.meeting)
    refine_meeting(held.records, meeting, lambda: FasterWhisperRecognizer(model_path), model="whisper-base")
    newest = {one.segment_id: one for one in held.records.log(held.meeting).state().segments}
    again = newest[f"s{poison.start}"]
    assert again.source == "refine" and UNCLEAR not in again.text and again.text
    assert (again.start_ms, again.end_ms) == (to_ms(poison.start), to_ms(poison.end))
    held.close()
