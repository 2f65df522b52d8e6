"""Whatever goes wrong in a command, a person reads one line."""

import errno

import pytest

from ui.cli import __main__ as program
from ui.cli import app as tree


@pytest.mark.parametrize(
    ("error", "code", "words"),
    [
        (
            OSError(errno.ENOSPC, "No space left on device", "/home/w/记录"),
            1,
            ["disk is full", "记录", "make room"],
        ),
        (PermissionError(errno.EACCES, "Permission denied", "纪要.md"), 1, ["The system refused", "纪要.md"]),
        (KeyError("s12"), 1, ["made a mistake (KeyError: 's12')", "safe", "MEETING_TRACEBACK=1"]),
        (ValueError("two\nlines"), 1, ["two lines"]),
        (KeyboardInterrupt(), 130, []),
        (BrokenPipeError(), 0, []),
    ],
)
def test_what_goes_wrong_is_one_line(monkeypatch, capfd, error, code, words):
    def fail(**_):
        raise error

    monkeypatch.setenv("MEETING_LANG", "en")
    monkeypatch.delenv("MEETING_TRACEBACK", raising=False)
    monkeypatch.setattr(tree, "app", fail)
    with pytest.raises(SystemExit) as ended:
        program.main()
    assert ended.value.code == code
    line = capfd.readouterr().err
    assert line.count("\n") == (1 if words else 0)
    assert all(word in line for word in words)


def test_a_mistake_of_ours_can_be_looked_into(monkeypatch):
    def fail(**_):
        raise KeyError("s12")

    monkeypatch.setenv("MEETING_TRACEBACK", "1")
    monkeypatch.setattr(tree, "app", fail)
    with pytest.raises(KeyError):
        program.main()
