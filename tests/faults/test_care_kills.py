"""kill -9 at every step of a back-up, of a restoring and of destroying sound: nothing is half there, and it is done by
doing it again."""

import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pytest

from asr.journal import JournalReader
from meeting.backup.errors import NoBackup
from meeting.backup.making import make_backup
from meeting.backup.manifest import BackupManifest, read_manifest
from meeting.backup.restoring import check_backup, restore_backup
from meeting.destruction import destroy_sound
from meeting.domain.events import SoundDestroyed
from meeting.errors import NoSoundKept
from meeting.home import Home
from meeting.records import Records
from meeting.verification import verify_meeting
from tests.faults.figures import Figure, keep
from tests.faults.stepping import Stepper
from tests.integration.record_homes import ended, tone
from tests.unit.meeting.store_homes import said

FEWEST_STEPS = 8
LAST_STEPS = 24
SECONDS = 3
ORDER = ("王芳", "局办〔2026〕9号", "保管期满")


@pytest.fixture(scope="module")
def stepper() -> Iterator[Stepper]:
    stepper = Stepper()
    yield stepper
    stepper.close()


class Prepared:
    """A home with one meeting that is over; `fresh` copies all that lies beside it to where no kill has been."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "起初"
        self.home = Home(self.folder / "家")
        self.records, self.meeting = ended(self.home.folder, SECONDS)
        self._taken = 0

    def fresh(self) -> Path:
        self._taken += 1
        taken = self.folder.with_name(f"第{self._taken}次")
        shutil.copytree(self.folder, taken)
        return taken


def told(fault: str, steps: Sequence[int]) -> None:
    assert len(steps) >= FEWEST_STEPS
    keep(Figure(fault=fault, times=len(steps), found="nothing half-written; done by doing it again"))


def lies_there(place: Path, manifest: BackupManifest) -> bool:
    """Whether the back-up's folder holds what its list names, and nothing else."""
    files = {path.name for path in (place / "files").rglob("*") if path.is_file()}
    return files == {one.sha256 for one in manifest.files}


@pytest.mark.parametrize("earlier", [True, pytest.param(False, marks=pytest.mark.soak)])
def test_backup_killed_at_any_step_is_the_one_before_or_whole(
    quick_folder: Path, stepper: Stepper, earlier: bool
) -> None:
    prepared = Prepared(quick_folder)
    before = None
    if earlier:
        make_backup(prepared.home, prepared.folder / "备份")
        before = read_manifest(prepared.folder / "备份")
        prepared.records.log(prepared.meeting).append([said(9, "备份之后。")])
    last = prepared.records.log(prepared.meeting).last_seq()
    folder = prepared.fresh()
    steps = stepper.steps("backup", folder / "家", folder / "备份")
    for step in steps:
        folder = prepared.fresh()
        place = folder / "备份"
        stepper.killed_at(step, "backup", folder / "家", place)
        try:
            left = check_backup(place)
            assert left == before or left.heads[0].seq == last
        except NoBackup:
            assert not earlier
        make_backup(Home(folder / "家"), place)
        whole = check_backup(place)
        assert lies_there(place, whole) and whole.heads[0].seq == last
        shutil.rmtree(folder)
    told("kill -9 at each step of a back-up" + " over an earlier one" * earlier, steps)


@pytest.mark.parametrize("every", [8, pytest.param(1, marks=pytest.mark.soak)])
@pytest.mark.parametrize("used", [True, False])
def test_restoring_killed_at_any_step_is_done_by_the_same_command(
    quick_folder: Path, stepper: Stepper, used: bool, every: int
) -> None:
    prepared = Prepared(quick_folder)
    make_backup(prepared.home, prepared.folder / "备份")
    kept = ended(prepared.folder / "旧家", SECONDS)[1] if used else ""
    folder = prepared.fresh()
    all_steps = stepper.steps("restore", folder / "旧家", folder / "备份", used)
    # At first, files are laid beside the records, one like the other; what is in use is touched in the last steps.
    steps = [*all_steps[:-LAST_STEPS:every], *all_steps[-LAST_STEPS:]]
    for step in steps:
        folder = prepared.fresh()
        home, place = Home(folder / "旧家"), folder / "备份"
        if stepper.killed_at(step, "restore", home.folder, place, used):
            restore_backup(place, home, used)
        back = Records(home)
        assert back.log(prepared.meeting).after(0) == prepared.records.log(prepared.meeting).after(0)
        sound = JournalReader(home.journal(prepared.meeting)).read(0, 10**6)
        assert np.array_equal(sound, tone(SECONDS)) and not list(home.folder.glob(".restoring*"))
        if used:
            asides = list(home.folder.glob("replaced-*"))
            assert any((aside / "meetings" / kept / "audio").is_dir() for aside in asides)
            assert any((one / "meeting.db").exists() and _holds(one, kept) for one in asides)
        shutil.rmtree(folder)
    told("kill -9 at the steps of a restoring" + " over other records" * used, steps)


def _holds(aside: Path, meeting: str) -> bool:
    """Whether the records that were put aside are those of before."""
    records = Records(Home(aside))
    return any(one.id == meeting for one in records.meetings.all()) and records.log(meeting).last_seq() == 7


def test_destroying_sound_killed_at_any_step_is_told_once_and_leaves_none_when_done_again(
    quick_folder: Path, stepper: Stepper
) -> None:
    prepared = Prepared(quick_folder)
    steps = stepper.steps("destroy", prepared.fresh() / "家", prepared.meeting)
    for step in steps:
        folder = prepared.fresh()
        home = Home(folder / "家")
        stepper.killed_at(step, "destroy", home.folder, prepared.meeting)
        records = Records(home)
        meeting = records.meetings.get(prepared.meeting)
        events = [event for event in records.log(meeting.id).all() if isinstance(event, SoundDestroyed)]
        sound = JournalReader(home.journal(meeting.id)).read(0, 10**6)
        assert events or np.array_equal(sound, tone(SECONDS)), "nothing goes before the order is in the record"
        try:
            destroy_sound(records, meeting, *ORDER)
        except NoSoundKept:
            assert events
        events = [event for event in records.log(meeting.id).all() if isinstance(event, SoundDestroyed)]
        assert len(events) == 1 and events[0].by == ORDER[0]
        assert not any(path.is_file() for path in home.meeting(meeting.id).glob("audio*/**/*"))
        assert verify_meeting(records, meeting).ok
        shutil.rmtree(folder)
    told("kill -9 at each step of destroying sound", steps)
