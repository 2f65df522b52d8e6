"""Agendas in YAML: what is read, and how each mistake is named."""

import os
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from meeting.agenda import read_agenda, refuse_classified
from meeting.agenda.build import build_agenda
from meeting.agenda.yaml import read_yaml
from meeting.domain.agenda import Agenda, AgendaDocument, AgendaItem, Attendee, Person, Unit
from meeting.errors import AgendaError, AgendaInvalid, AgendaUnreadable, ClassifiedRefused

SAMPLES = Path(__file__).parents[2] / "data" / "agendas"


def read(text: str) -> Agenda:
    return build_agenda(read_yaml(text, "a.yaml"), "a.yaml")


def refusal(text: str) -> AgendaInvalid:
    with pytest.raises(AgendaInvalid) as caught:
        read(text)
    return caught.value


def test_every_field_is_read() -> None:
    assert read_agenda(SAMPLES / "full.yaml") == Agenda(
        title="局长办公会议",
        body="省机关事务管理局局长办公会",
        session="第5次",
        date="2026-11-24",
        time="09:00",
        place="三楼会议室",
        chair=Person(name="李建国", title="局长"),
        recorder=Person(name="王芳", unit="办公室"),
        attendees=(
            Attendee(name="𠮷田·买买提", title="处长", unit="资产管理处"),
            Attendee(name="周敏", role="non_voting_attendee", items=(2,)),
        ),
        units=(Unit(name="资产管理处", short="资产处"),),
        glossary=("三供一业", "督办"),
        items=(
            AgendaItem(
                number=1,
                code="局办〔2026〕5-1",
                title="审议省直单位办公用房清理整改情况",
                kind="审议",
                presenting_units=("资产管理处", "办公室"),
                presenter="黎明",
                minutes_planned=20,
                matter="办公用房清理整改",
                classification="公开",
                recording="transcribe_only",
                major=True,
                documents=(AgendaDocument(title="方案（送审稿）", path="材料/方案.docx"),),
            ),
            AgendaItem(number=2, title="听取试运行情况", presenting_units=("信息中心",)),
            AgendaItem(number=3, title="试运行经费", parent=2),
        ),
    )


@pytest.mark.parametrize(
    ("written", "time"),
    [("9:00", "09:00"), ("09:00", "09:00"), ('"09:00"', "09:00"), ("18:30", "18:30"), ("", "")],
)
def test_time_is_what_was_written(written: str, time: str) -> None:
    assert read(f"title: 会\ndate: 2026-03-09\ntime: {written}\n").time == time


@pytest.mark.parametrize("written", ["2026-03-09", "'2026-03-09'", "2026-3-9", "2026年3月9日"])
def test_date_is_read_in_any_usual_form(written: str) -> None:
    assert read(f"title: 会\ndate: {written}\n").date == "2026-03-09"


HEAD = "title: 会\ndate: 2026-03-09\n"


@pytest.mark.parametrize(
    ("text", "line", "field"),
    [
        ("date: 2026-03-09\n", 1, "title"),
        ("title:\ndate: 2026-03-09\n", 1, "title"),
        ("title: 会\n", 1, "date"),
        ("title: 会\ndate: 2026-02-30\n", 2, "date"),
        ("title: 会\ndate: 明天\n", 2, "date"),
        (HEAD + "time: 25:00\n", 3, "time"),
        (HEAD + "time: 540\n", 3, "time"),
        (HEAD + "titel: 会\n", 3, "titel"),
        (HEAD + "title: 又\n", 3, "title"),
        (HEAD + "classification: 绝密级\n", 3, "classification"),
        (HEAD + "recording: yes\n", 3, "recording"),
        (HEAD + "chair: 李建国\n", 3, "chair"),
        (HEAD + "chair: {name: 李, titel: 局长}\n", 3, "chair.titel"),
        (HEAD + "chair: {title: 局长}\n", 3, "chair.name"),
        (HEAD + "glossary: 督办\n", 3, "glossary"),
        (HEAD + "place: [a]\n", 3, "place"),
        (HEAD + "attendees:\n- {name: 李, role: guest}\n", 4, "attendees[1].role"),
        (HEAD + "attendees:\n- {name: 李, items: [7]}\n", 4, "attendees[1].items"),
        (HEAD + "items:\n- title: 甲\n- kind: 审议\n", 5, "items[2].title"),
        (HEAD + "items:\n- title: 甲\n  kind: 审批\n", 5, "items[1].kind"),
        (HEAD + "items:\n- {title: 甲, number: 2}\n- {title: 乙, number: 2}\n", 5, "items[2].number"),
        (HEAD + "items:\n- {title: 甲, number: 0}\n", 4, "items[1].number"),
        (HEAD + "items:\n- {title: 甲, number: 一}\n", 4, "items[1].number"),
        (HEAD + "items:\n- {title: 甲, parent: 9}\n", 4, "items[1].parent"),
        (HEAD + "items:\n- {title: 甲, parent: 1}\n", 4, "items[1].parent"),
        (HEAD + "items:\n- {title: 甲, parent: 2}\n- {title: 乙, parent: 1}\n", 4, "items[1].parent"),
        (HEAD + "items:\n- {title: 甲, minutes_planned: -5}\n", 4, "items[1].minutes_planned"),
        (HEAD + "items:\n- {title: 甲, major: 也许}\n", 4, "items[1].major"),
        (HEAD + "items:\n- {title: 甲, documents: [{path: a}]}\n", 4, "items[1].documents[1].title"),
        (
            HEAD + "items:\n- {title: 甲, presenting_unit: 乙, presenting_units: [丙]}\n",
            4,
            "items[1].presenting_unit",
        ),
        (HEAD + "? [a]\n: b\n", 3, "[…]"),
        ("一句话\n", 1, "agenda"),
        ("- a\n", 1, "agenda"),
    ],
)
def test_mistake_names_file_line_and_field(text: str, line: int, field: str) -> None:
    found = refusal(text)
    assert (found.facts["file"], found.facts["line"], found.facts["field"]) == ("a.yaml", line, field)
    assert found.exit_code == 2
    assert found.code == "agenda_invalid"
    assert f"a.yaml, line {line}" in str(found)


def test_unknown_key_is_told_with_the_likely_one() -> None:
    with pytest.raises(AgendaInvalid) as caught:
        read_agenda(SAMPLES / "unknown_key.yaml")
    assert str(caught.value) == (
        f"{SAMPLES / 'unknown_key.yaml'}, line 5: an agenda has no field items[1].presentor. Did you mean presenter? "
        "Here it may be: number, code, title, kind, parent, presenting_units, presenting_unit, presenter, "
        "minutes_planned, matter, classification, recording, major, documents."
    )


def test_refused_value_is_told_with_what_is_allowed() -> None:
    found = refusal(HEAD + "items: [{title: 甲, kind: 审批}]\n")
    assert str(found) == "a.yaml, line 3: items[1].kind cannot be “审批”. It may be: 审议, 汇报, 通报, 讨论, 其他."


def test_aliases_are_refused_before_they_grow() -> None:
    bomb = "a: &a [x, x, x]\n" + "".join(
        f"{b}: &{b} [*{a}, *{a}]\n" for a, b in zip("abcdefgh", "bcdefghi", strict=True)
    )
    assert refusal(bomb).facts["line"] == 2


def test_deep_nesting_is_refused() -> None:
    assert refusal("title: " + "[" * 5000 + "\n").facts["line"] == 1


def test_tag_makes_no_object() -> None:
    assert refusal("title: !!python/object/apply:os.system [echo]\ndate: 2026-03-09\n").facts["field"] == "title"


def test_broken_yaml_names_the_line() -> None:
    assert refusal("title: 会\ndate: [2026\nplace: }\n").facts["line"] == 3


@pytest.mark.parametrize(
    "content", [b"", b" \n", b"\xef\xbb\xbf", b"# only a comment\n", b"\xff\xfe\x00", b"a\x00b", b"\x89PNG\r"]
)
def test_file_without_text_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "a.yaml"
    path.write_bytes(content)
    with pytest.raises(AgendaError) as caught:
        read_agenda(path)
    assert caught.value.exit_code == 2
    assert str(path) in str(caught.value)


def test_byte_order_mark_is_no_part_of_the_title(tmp_path: Path) -> None:
    path = tmp_path / "a.YML"
    path.write_bytes("\ufefftitle: 会〇😀\ndate: 2026-03-09\n".encode())
    assert read_agenda(path).title == "会〇😀"


def test_missing_file_folder_huge_file_and_unknown_kind_are_refused(tmp_path: Path) -> None:
    huge, text = tmp_path / "huge.yaml", tmp_path / "a.txt"
    huge.write_bytes(b"#" * (2 * 1024 * 1024 + 1))
    text.write_text("title: 会")
    cases = {
        tmp_path / "no.yaml": "There is no agenda file",
        tmp_path: "is a folder",
        huge: "is larger than 2 MB",
        text: "Use one of: .yaml, .yml, .docx, .xlsx, .csv",
    }
    for path, words in cases.items():
        with pytest.raises(AgendaUnreadable, match=words):
            read_agenda(path)


def test_classified_agenda_needs_a_declared_grade() -> None:
    agenda = read(HEAD + "items:\n- {title: 甲, classification: 秘密}\n")
    with pytest.raises(ClassifiedRefused) as caught:
        refuse_classified(agenda, "a.yaml", None)
    assert caught.value.exit_code == 1
    refuse_classified(agenda, "a.yaml", "秘密")
    refuse_classified(read(HEAD), "a.yaml", None)


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=80))
def test_any_text_is_read_or_refused(text: str) -> None:
    for words in (text, HEAD + text):
        try:
            read(words)
        except AgendaError as error:
            assert error.exit_code == 2


def test_a_pipe_or_a_device_is_refused_unopened(tmp_path: Path) -> None:
    pipe = tmp_path / "议程.yaml"
    os.mkfifo(pipe)
    device = tmp_path / "设备.yaml"
    device.symlink_to("/dev/zero")
    for path in (pipe, device):
        with pytest.raises(AgendaUnreadable, match="no ordinary file"):
            read_agenda(path)


def test_outcomes_of_the_body_are_read_each_once() -> None:
    assert read(HEAD + "outcomes: [同意, 缓议, 同意]\n").outcomes == ("同意", "缓议")
    assert read(HEAD).outcomes == ()


@pytest.mark.parametrize("outcomes", ["[" + "长" * 21 + "]", '["同\\u0007意"]', "[[同意]]", "同意"])
def test_what_is_no_outcome_is_named_with_its_line(outcomes: str) -> None:
    error = refusal(HEAD + f"outcomes: {outcomes}\n")
    assert error.facts["line"] == 3 and "outcomes" in error.facts["field"]
