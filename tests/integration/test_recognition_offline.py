"""A recording into text with the real model."""

from pathlib import Path

import pytest

from asr.recognizer import FasterWhisperRecognizer
from asr.text.unclear import SEVERAL, UNCLEAR
from asr.transcribe import transcribe
from models.store import ModelStore
from tests.integration.test_recognition import DEMO, TERMS

pytestmark = pytest.mark.model
SPEECH = Path(__file__).parents[2].parent / "shared" / "data" / "speech"


@pytest.fixture(scope="module")
def recognizer() -> FasterWhisperRecognizer:
    return FasterWhisperRecognizer(ModelStore().find("whisper-base"))


def test_the_demo_meeting_is_transcribed_with_progress_and_its_clear_speech_has_no_marks(
    recognizer: FasterWhisperRecognizer,
) -> None:
    seen = list[tuple[int, int]]()
    transcript = transcribe(
        DEMO / "meeting.flac", recognizer, prompt_terms=TERMS, progress=lambda *at: seen.append(at)
    )
    texts = [segment.text for segment in transcript.segments]
    assert texts[0].startswith("同志们现在开会") and "没有意见。" in texts and texts[-1].endswith("散会。")
    assert not any(UNCLEAR in text or SEVERAL in text for text in texts)
    assert seen == sorted(seen) and seen[-1][0] == seen[-1][1] == transcript.duration_ms
    ends = [segment.end_ms for segment in transcript.segments]
    assert ends == sorted(ends)


@pytest.mark.shared
@pytest.mark.parametrize("name", ["n_brahms", "n_hum50", "n_office", "n_pink", "n_silence", "n_taps", "n_vibeace"])
def test_music_and_noise_give_no_text(recognizer: FasterWhisperRecognizer, name: str) -> None:
    clip = SPEECH / f"{name}.flac"
    if not clip.exists():
        pytest.skip("the recordings of music and noise are not part of the repository")
    assert transcribe(clip, recognizer).segments == ()


@pytest.mark.shared
def test_english_is_transcribed_as_such(recognizer: FasterWhisperRecognizer) -> None:
    clip = SPEECH / "jfk.flac"
    if not clip.exists():
        pytest.skip("the recordings of speech are not part of the repository")
    text = "".join(segment.text for segment in transcribe(clip, recognizer, language="auto").segments)
    assert "what your country can do for you" in text.lower() and "fellow americans" in text.lower()
