"""The catalogues agree with the sources, and every sentence has its Chinese with the same facts in it."""

import shutil
import subprocess
import sys
from gettext import GNUTranslations
from pathlib import Path
from string import Formatter
from typing import get_args

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po

import ui.locale
from meeting.domain.events import ItemState
from meeting.errors import AgendaUnreadable, NotAllowed
from meeting.stream.messages import ClientRole
from search.errors import FileUnreadable
from ui.locale import codes, explain, said

LOCALE = Path(ui.locale.__file__).parent
ROOT = LOCALE.parent.parent
ZH = Path("zh_CN/LC_MESSAGES/smart-meeting.po")


@pytest.fixture(autouse=True)
def chinese(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MEETING_LANG", "zh_CN")


def catalogue() -> Catalog:
    with (LOCALE / ZH).open("rb") as file:
        return read_po(file)


def messages() -> list[Message]:
    return [message for message in catalogue() if message.id]


def fields(text: str) -> set[str]:
    return {field for _, field, _, _ in Formatter().parse(text) if field is not None}


def renew(folder: Path) -> str:
    command = [sys.executable, ROOT / "scripts" / "messages.py", folder]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def test_catalogues_are_what_make_messages_writes(tmp_path: Path) -> None:
    copy = tmp_path / "locale"
    shutil.copytree(LOCALE, copy, ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    assert renew(copy) == ""
    for path in (Path("smart-meeting.pot"), ZH, ZH.with_suffix(".mo")):
        assert (copy / path).read_bytes() == (LOCALE / path).read_bytes(), f"run `make messages`: {path}"


def test_new_sentence_is_reported_and_not_guessed(tmp_path: Path) -> None:
    copy = tmp_path / "locale"
    (copy / ZH).parent.mkdir(parents=True)
    text = (LOCALE / ZH).read_text(encoding="utf-8").replace('msgid "Pause"', 'msgid "Pauses"')
    (copy / ZH).write_text(text, encoding="utf-8")
    assert renew(copy) == "not translated: zh_CN: Pause\n"
    assert "Pauses" not in (copy / ZH).read_text(encoding="utf-8")


def test_compiled_catalogue_says_what_the_text_says() -> None:
    with (LOCALE / ZH.with_suffix(".mo")).open("rb") as file:
        compiled = GNUTranslations(file)
    assert {m.id: compiled.gettext(m.id) for m in messages()} == {m.id: m.string for m in messages()}


def test_every_sentence_is_translated_and_none_is_a_guess() -> None:
    assert len(messages()) > 300
    assert [m.id for m in messages() if not m.string or m.fuzzy] == []


def test_every_translation_has_the_fields_of_its_sentence() -> None:
    assert [(m.id, m.string) for m in messages() if fields(str(m.id)) != fields(str(m.string))] == []


def test_space_around_a_sentence_is_kept_only_where_chinese_has_it() -> None:
    assert [m.string for m in messages() if str(m.string) != str(m.string).strip()] == []


def test_no_halfwidth_mark_follows_a_chinese_character() -> None:
    def wrong(text: str) -> bool:
        return any("一" <= a <= "鿿" and b in ",.;:!?" for a, b in zip(text, text[1:], strict=False))

    # This one quotes YAML itself.
    quoted = {"mapping values are not allowed here"}
    assert [m.string for m in messages() if m.id not in quoted and wrong(str(m.string))] == []


def test_an_error_and_the_reason_in_it_are_chinese() -> None:
    error = FileUnreadable(path="纪要.docx", reason="there is no such file")
    assert explain(error) == "纪要.docx 无法读取（没有这个文件），没有导入。"


def test_what_the_system_says_within_an_error_is_chinese() -> None:
    error = AgendaUnreadable(file="议程.yaml", why="Permission denied")
    assert explain(error) == "无法读取议程 议程.yaml：没有权限。没有保存任何内容。"


def test_a_name_equal_to_a_word_of_ours_keeps_its_letters() -> None:
    assert (
        explain(FileUnreadable(path="record", reason="it is a folder"))
        == "record 无法读取（是文件夹），没有导入。"
    )


def test_a_role_is_said_in_chinese() -> None:
    assert explain(NotAllowed(role="participant", command="stop")) == "参会人员不能使用 stop。请找会议秘书。"


def test_every_role_and_item_state_has_its_word() -> None:
    assert set(codes.ROLES) == set(get_args(ClientRole))
    assert set(codes.ITEM_STATES) == set(get_args(ItemState))


def test_english_users_read_the_sentences_as_they_are(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MEETING_LANG", "en")
    error = FileUnreadable(path="a.txt", reason="it is a folder")
    assert explain(error) == "a.txt could not be read (it is a folder); it was not imported."


@pytest.mark.parametrize(
    ("english", "chinese"),
    [
        ("Missing argument 'FILE…'.", "缺少参数 'FILE…'。"),
        ("No such command 'lst'. Did you mean 'list'?", "没有 'lst' 这个命令，是不是 'list'？"),
        ("No such option: --jso (Possible options: --json)", "没有 --jso 这个选项，是不是 --json？"),
        (
            "Invalid value for '--port': Input should be less than or equal to 65535",
            "'--port' 的值不对：不得大于 65535。",
        ),
        ("[Errno 28] No space left on device: '/卷/会议.db'", "磁盘已满：'/卷/会议.db'（错误 28）"),
        ("无人听过的话 {x}", "无人听过的话 {x}"),
        ("", ""),
    ],
)
def test_what_libraries_say_is_recognised_by_its_shape(english: str, chinese: str) -> None:
    assert said(english) == chinese
