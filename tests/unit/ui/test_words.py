"""Every code that reaches a person is a sentence, in both languages, and a word of the written record."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from asr.recording_files import RecorderState
from meeting.clarity import BAD_SIGNAL
from meeting.custody import GAP_REASONS
from meeting.minutes.words import gap_text
from meeting.stream.messages import Status
from meeting.watching import CLOSED_BY_ITSELF, TEXT_WAITING
from ui.console.health import BYTES_PER_HOUR, problems
from ui.console.model import MeetingModel
from ui.console.widgets.status import state_word
from ui.words import gap_reason, warning_text

ASR = Path(__file__).parents[3] / "asr"


def recorder_warnings() -> list[str]:
    """Those that the recorder's state says it may hold."""
    found = re.search(r"`warnings` are codes: ([^.]*)\.", RecorderState.__doc__ or "")
    assert found
    return re.findall(r"[a-z_]+", found[1])


def gap_reasons() -> set[str]:
    """Every reason that the sources of `asr` give to a gap, and what people order."""
    nodes = [node for path in sorted(ASR.glob("*.py")) for node in ast.walk(ast.parse(path.read_text("utf-8")))]
    return {reason for node in nodes for reason in _given(node)} | {*GAP_REASONS.values(), "off"}


def _given(node: ast.AST) -> Iterator[str]:
    match node:
        case ast.Call(func=ast.Attribute(attr="gap" | "_pause") | ast.Name(id="Gap" | "Hole")):
            yield from _strings(*node.args)
        case ast.Call(func=ast.Name(id="Record"), args=[ast.Attribute(attr="GAP"), *rest]):
            yield from _strings(*rest)
        case ast.Assign(targets=[ast.Attribute(attr="_pending_gap")]):
            yield from _strings(node.value)
        case ast.Return(
            value=ast.Tuple(elts=[_, ast.IfExp(body=ast.Constant(), orelse=ast.Constant()) as either])
        ):
            yield from _strings(either)


def _strings(*nodes: ast.expr) -> Iterator[str]:
    for one in (inner for node in nodes for inner in ast.walk(node)):
        if isinstance(one, ast.Constant) and isinstance(one.value, str | bytes) and one.value:
            yield one.value if isinstance(one.value, str) else one.value.decode()


CODES = [BAD_SIGNAL, CLOSED_BY_ITSELF, TEXT_WAITING, *recorder_warnings()]
REASONS = sorted(gap_reasons())


def test_the_codes_are_found_in_the_sources() -> None:
    assert {"silent_input", "disk_low", "recorder_silent"} <= set(CODES)
    known = {"paused", "off", "recess", "closed_by_itself", "recorder_restart", "device_lost", "overflow"}
    assert known | {"interrupted", "clock_jump", "damaged", "lost", "disk_failing"} <= set(REASONS)


@pytest.mark.parametrize("language", ["zh_CN", "en"])
@pytest.mark.parametrize("code", CODES)
def test_every_warning_is_a_sentence(code: str, language: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MEETING_LANG", language)
    said = warning_text(code)
    assert said not in ("", code) and said.isascii() == (language == "en")


@pytest.mark.parametrize("language", ["zh_CN", "en"])
@pytest.mark.parametrize("reason", REASONS)
def test_every_reason_of_a_gap_is_said(reason: str, language: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MEETING_LANG", language)
    said = gap_reason(reason)
    assert said not in ("", reason) and said.isascii() == (language == "en")
    assert reason not in gap_text(0, 1000, reason)


def test_an_unknown_warning_is_shown_as_it_came() -> None:
    assert warning_text("of_tomorrow") == "of_tomorrow"


def test_the_console_says_that_speech_is_hardly_understood() -> None:
    model = MeetingModel()
    model.status = Status(recording="keep", state="recording", recognizer="ready", warnings=("bad_signal",))
    assert [(one.level, one.text) for one in problems(model)] == [("warning", warning_text("bad_signal"))]


def test_the_worst_comes_first_and_room_on_the_disk_is_told_once() -> None:
    model = MeetingModel()
    model.status = Status(
        recording="keep",
        state="recording",
        recognizer="ready",
        disk_free_bytes=2 * BYTES_PER_HOUR,
        warnings=("disk_low", "bad_signal", "recorder_silent"),
    )
    told = problems(model)
    assert [one.level for one in told] == ["error", "warning", "warning"]
    assert told[0].text == warning_text("recorder_silent") and told[2].text == warning_text("bad_signal")
    assert state_word(model)[0].startswith("✗")
