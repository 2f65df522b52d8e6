"""Nothing is written where nobody speaks, and a short vote is never lost."""

from pathlib import Path

import pytest

from asr.recognizer import FasterWhisperRecognizer
from asr.transcribe import transcribe_blocks
from tests.unspoken import KINDS, blocks

pytestmark = pytest.mark.model
VOTES = Path(__file__).parents[1] / "data" / "votes"
WORDS = {"ty": "同意", "my": "没有意见", "fd": "反对", "qq": "弃权"}


@pytest.fixture(scope="module")
def recognizer(model_path: Path) -> FasterWhisperRecognizer:
    return FasterWhisperRecognizer(model_path)


def written(sound: object, recognizer: FasterWhisperRecognizer) -> list[str]:
    return [segment.text for segment in transcribe_blocks(sound, recognizer).segments]  # type: ignore[arg-type] # blocks


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_is_written_where_nobody_speaks(kind: str, recognizer: FasterWhisperRecognizer) -> None:
    assert written(blocks(kind, 40), recognizer) == []


@pytest.mark.soak
@pytest.mark.parametrize("kind", KINDS)
def test_nothing_is_written_in_ten_minutes(kind: str, recognizer: FasterWhisperRecognizer) -> None:
    assert written(blocks(kind, 600), recognizer) == []
