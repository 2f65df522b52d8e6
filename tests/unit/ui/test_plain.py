"""Text of others on a terminal: harmless, and otherwise as it was written."""

import pytest

from ui.cli import context
from ui.cli.__main__ import refuse
from ui.cli.progress import Progress
from ui.cli.records import file_name
from ui.console.wrapping import clean
from ui.plain import powerless

ORDINARY = "会议　纪要（𠮷祥里）\u00a0第一项👨\u200d👩\u200d👧 ❤\ufe0f 买买提·艾力〇é"
POWERFUL = ["\x1b", "\x00", "\x07", "\x7f", "\x9b", "\u202e", "\u2066", "\u2069", "\u2028", "\u2029", "\udc9b"]


def test_ordinary_text_stays_as_it_is(capfd):
    context.say(ORDINARY + "\t完")
    assert powerless(ORDINARY) == clean(ORDINARY) == ORDINARY
    assert capfd.readouterr().out == ORDINARY + "\t完\n"
    assert file_name(ORDINARY, "2026-11-24", "md") == f"2026-11-24 {ORDINARY}.md"


@pytest.mark.parametrize("one", POWERFUL)
def test_what_has_power_over_a_terminal_loses_it(one, capfd):
    name = f"议程{one}]0;标题"
    context.say(name)
    context.note(name)
    refuse(name, 2)
    out, err = capfd.readouterr()
    assert one not in out + err
    assert err.splitlines()[0] == out.rstrip("\n")
    assert one not in clean(name) + file_name(name, "2026-11-24", "md")


def test_a_refusal_is_one_line_and_keeps_its_wide_spaces(capfd):
    refuse("没有 a.yaml：\n  会议　纪要\x1b[2J", 2)
    assert capfd.readouterr().err == "没有 a.yaml： 会议　纪要�[2J\n"


def test_a_bar_is_named_harmlessly(capfd, monkeypatch):
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    with Progress("会议　纪要\x1b]0;x\x07", 1000) as progress:
        progress(500)
    assert "会议　纪要�]0;x� █" in capfd.readouterr().err
