"""The sentences that a person reads when the meeting package refuses."""

from collections.abc import Iterator

import pytest

import meeting.agenda.problems
from meeting import errors
from models.refusal import Refusal


def every(root: type[Refusal]) -> Iterator[type[Refusal]]:
    for below in root.__subclasses__():
        yield below
        yield from every(below)


@pytest.mark.parametrize("refusal", [c for c in every(errors.MeetingError) if "template" in vars(c)])
def test_refusal_is_a_whole_sentence_with_a_code(refusal: type[Refusal]) -> None:
    assert refusal.code.replace("_", "").isalpha() and refusal.code.islower()
    assert refusal.template[-1] in ".}]"
    assert refusal.exit_code in (1, 2, 3)
    assert refusal.__doc__
    assert "\n" not in refusal.template


def test_codes_of_the_tree_are_each_used_once() -> None:
    # The kinds of agenda mistakes share their parent's code: a program treats them alike.
    own = [c.code for c in every(errors.MeetingError) if "code" in vars(c)]
    assert len(own) == len(set(own))
    assert meeting.agenda.problems.FieldUnknown.code == "agenda_invalid"


@pytest.mark.parametrize(
    ("refusal", "sentence", "exit_code"),
    [
        (
            errors.ServiceRunning(home="/记录", pid=42),
            "The home /记录 is in use by another service (pid 42), which goes on undisturbed. "
            "Attach with `meeting console`, or stop it first.",
            1,
        ),
        (errors.NoService(home="/h"), "No service runs in /h. Start one with `meeting run`.", 1),
        (
            errors.MeetingUnknown(meeting="m9"),
            "There is no meeting m9. `meeting list` shows what there is.",
            1,
        ),
        (
            errors.PortTaken(port=8000),
            "Port 8000 is in use by another program. Choose one with --port, or --port 0 for any free one.",
            1,
        ),
        (errors.ItemUnknown(number=7, known="1, 2"), "The agenda has no item 7. Its items: 1, 2.", 1),
        (
            errors.ClassifiedRefused(file="a.yaml", classification="秘密"),
            "a.yaml is classified 秘密, and this machine's grade is not declared, so it is not taken in. "
            "Use a machine of that grade, or ask the administrator to declare this one's.",
            1,
        ),
        (
            errors.AgendaInvalid(file="a.yaml", line=3, field="date", problem="no date"),
            "a.yaml, line 3, date: no date. Correct the agenda and try again; nothing was stored.",
            2,
        ),
    ],
)
def test_sentence_says_what_to_do(refusal: Refusal, sentence: str, exit_code: int) -> None:
    assert str(refusal) == sentence
    assert refusal.exit_code == exit_code
