"""`--no-figures` reaches the meeting that is run, the service behind a console, and the words of a transcript."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from tests.conftest import DEMO
from ui.cli import launch, running, sound
from ui.cli.launch import Plan


@pytest.mark.parametrize(("asked", "wanted"), [((), True), (("--figures",), True), (("--no-figures",), False)])
@pytest.mark.parametrize("console", [True, False])
def test_the_choice_is_among_the_options_that_the_meeting_keeps(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, asked: tuple[str, ...], wanted: bool, console: bool
) -> None:
    plans = list[Plan]()

    def take(plan: Plan, *_: object) -> int:
        plans.append(plan)
        return 0

    monkeypatch.setattr(launch, "check_language", lambda language, model: None)
    monkeypatch.setattr(launch, "run_detached" if console else "run_here", take)
    command = ["run", str(DEMO / "agenda.yaml"), "--source", str(DEMO / "meeting.flac"), *asked]
    command += ["--home", str(tmp_path / "家"), *([] if console else ["--no-console"])]
    answer = CliRunner().invoke(running.app, command)
    assert answer.exit_code == 0, answer.output
    assert [plan.options.figures for plan in plans] == [wanted]


@pytest.mark.parametrize("agenda", [None, DEMO / "agenda.yaml"])
def test_a_transcript_takes_it_with_and_without_an_agenda(agenda: Path | None) -> None:
    assert [sound._expected(agenda, choice)[1].figures for choice in (True, False)] == [True, False]
