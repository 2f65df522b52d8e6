"""Nothing is written where nobody speaks, and a short vote is never lost."""

from collections.abc import Iterable
from pathlib import Path

import msgspec
import numpy as np
import numpy.typing as npt
import pytest

from asr.audio import decode
from asr.decoding import Manner, decode_final
from asr.listener import Listener, to_float
from asr.marking import with_marks
from asr.recognizer import FULL_WINDOW_S, RATE_HZ, FasterWhisperRecognizer
from asr.results import Final
from asr.segmenter import Ended
from asr.transcribe import transcribe_blocks
from asr.vad import SileroVad
from tests.unspoken import KINDS, blocks
from ui.bench.asr.recordings import Line

pytestmark = pytest.mark.model
VOTES = Path(__file__).parents[1] / "data" / "votes"
UNDERSTOOD = 0.7
"""Of votes said alone, in seven voices: written, or put before a person beside what was heard. The others are there as
the model heard them."""


@pytest.fixture(scope="module")
def recognizer(model_path: Path) -> FasterWhisperRecognizer:
    return FasterWhisperRecognizer(model_path)


def written(sound: Iterable[npt.NDArray[np.int16]], recognizer: FasterWhisperRecognizer) -> list[str]:
    return [segment.text for segment in transcribe_blocks(sound, recognizer).segments]


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_is_written_where_nobody_speaks(kind: str, recognizer: FasterWhisperRecognizer) -> None:
    assert written(blocks(kind, 40), recognizer) == []


@pytest.mark.soak
@pytest.mark.parametrize("kind", KINDS)
def test_nothing_is_written_in_ten_minutes(kind: str, recognizer: FasterWhisperRecognizer) -> None:
    assert written(blocks(kind, 600), recognizer) == []


def test_every_short_vote_is_in_the_record(recognizer: FasterWhisperRecognizer) -> None:
    lines = [
        msgspec.json.decode(line, type=Line) for line in (VOTES / "votes.jsonl").read_text("utf-8").splitlines()
    ]
    sound = np.concatenate(list(decode(VOTES / "votes.flac")))
    missing, right = list[str](), 0
    for line in lines:
        heard = one_answer(sound[line.t_start_ms * 16 : line.t_end_ms * 16], recognizer)
        if not heard.text:
            missing.append(f"{line.speaker}: {line.text}")
        vote = line.text.rstrip("。")
        right += vote in heard.text or any(vote in mark.candidates for mark in heard.marks)
    assert missing == []
    assert right >= UNDERSTOOD * len(lines)


def one_answer(said: npt.NDArray[np.int16], recognizer: FasterWhisperRecognizer) -> Final:
    """What the recognizer's process sends of a short answer amid silence."""
    around = np.zeros(2 * RATE_HZ, np.int16)
    sound = np.concatenate([around, said, around])
    listener = Listener(SileroVad(), lambda start, count: sound[start : start + count], 0)
    events = [*listener.listen(len(sound)), *listener.finish(len(sound))]
    (heard,) = [event for event in events if isinstance(event, Ended)]
    manner = Manner(language="zh", prompt="")
    samples = to_float(sound[heard.start : heard.end])
    return with_marks(decode_final(recognizer, samples, heard, manner, beam_size=5, window_s=FULL_WINDOW_S))
