import pytest

from meeting.stream.messages import Status
from ui.console.health import problems
from ui.console.model import MeetingModel
from ui.words import warning_text

CODES = ("bad_signal", "silent_input", "clipping", "truncated", "control_damaged")


@pytest.mark.parametrize("code", CODES)
def test_every_warning_is_a_sentence(code: str) -> None:
    assert warning_text(code) not in ("", code)


def test_an_unknown_warning_is_shown_as_it_came() -> None:
    assert warning_text("of_tomorrow") == "of_tomorrow"


def test_the_console_says_that_speech_is_hardly_understood() -> None:
    model = MeetingModel()
    model.status = Status(recording="keep", state="recording", recognizer="ready", warnings=("bad_signal",))
    assert [(one.level, one.text) for one in problems(model)] == [("warning", warning_text("bad_signal"))]
