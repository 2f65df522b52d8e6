"""A disk that the system makes read-only in a meeting: told; repaired, it holds all but the last second of sound."""

import asyncio
import os
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import psutil
import pytest
import soundfile

from asr.recording import Recording
from meeting.home import Home
from meeting.records import Records
from meeting.stream.client import connect
from meeting.stream.messages import Status
from tests.conftest import Cli
from tests.faults.figures import Figure, keep, rounded
from tests.faults.held import RATE_HZ, Held, until
from ui.bench.scoring import error_rate

pytestmark = [pytest.mark.model, pytest.mark.usefixtures("model_path")]
SECONDS = 8.0


class Disk:
    """A file system in a file, at a folder."""

    def __init__(self, image: Path, folder: Path) -> None:
        self._image, self.folder = image, folder
        with image.open("wb") as file:
            file.truncate(64 << 20)
        _run("mkfs.ext4", "-q", "-F", str(image))
        folder.mkdir()

    def mount(self) -> None:
        _run("mount", "-o", "loop,errors=remount-ro", str(self._image), str(self.folder))

    def fail(self) -> None:
        """What the system does with a disk whose answers it cannot trust."""
        found = subprocess.run(["findmnt", "-no", "SOURCE", str(self.folder)], capture_output=True, text=True)
        error = Path("/sys/fs/ext4") / Path(found.stdout.strip()).name / "trigger_fs_error"
        try:
            error.write_text("1")
        except OSError as refused:
            pytest.skip(f"this system makes no disk read-only on demand: {refused}")
        until(lambda: not self._can_be_written())

    def _can_be_written(self) -> bool:
        try:
            (self.folder / "probe").write_bytes(b"")
        except OSError:
            return False
        return True

    def unmount(self) -> None:
        def gone() -> bool:
            return subprocess.run(["umount", str(self.folder)], capture_output=True).returncode == 0

        until(gone, 10.0)

    def repair(self) -> None:
        # 1 and 2: errors were corrected.
        assert subprocess.run(["e2fsck", "-f", "-y", str(self._image)], capture_output=True).returncode in (
            0,
            1,
            2,
        )


@contextmanager
def disk_of_its_own(folder: Path) -> Iterator[Disk]:
    try:
        disk = Disk(folder / "image", folder / "disk")
        disk.mount()
    except (OSError, subprocess.CalledProcessError) as refused:
        pytest.skip(f"a disk of its own cannot be made and mounted here: {refused}")
    try:
        yield disk
    finally:
        if os.path.ismount(disk.folder):
            subprocess.run(["umount", "--lazy", str(disk.folder)], check=True)


def _run(*command: str) -> None:
    subprocess.run(command, check=True, capture_output=True)


async def warning_comes(held: Held) -> tuple[str, ...]:
    address = held.cli.serving(held.service, held.meeting)
    async with asyncio.timeout(60), connect(address.ws_url, address.token, after=None) as stream:
        async for message in stream:
            if isinstance(message, Status) and (
                "recorder_silent" in message.warnings or message.state == "disk_full"
            ):
                return (message.state, *message.warnings)
    raise AssertionError("nothing was said")


def switch_off(held: Held) -> None:
    """All of it, at once."""
    recorder = Recording(held.journal).state()
    for pid in (held.service.pid, recorder.pid if recorder else None):
        if pid is not None and psutil.pid_exists(pid):
            os.kill(pid, signal.SIGKILL)
    held.service.wait()
    until(lambda: not Recording(held.journal).alive())
    held.records.close()


def test_meeting_whose_disk_became_read_only_goes_on_once_the_disk_is_repaired(
    clip, undisturbed, tmp_path
) -> None:
    whole, (sound, _) = undisturbed(SECONDS), soundfile.read(clip(SECONDS), dtype="int16")
    with disk_of_its_own(tmp_path) as disk:
        cli = Cli(disk.folder / "家", tmp_path)
        try:
            held = Held(cli, clip(SECONDS))
            until(lambda: held.recorded() > 3 * RATE_HZ)
            committed, had = held.links(), held.recorded()
            disk.fail()
            print(asyncio.run(warning_comes(held)))
            assert held.pid_of("service") and held.pid_of("recorder")
            switch_off(held)
            disk.unmount()
            disk.repair()
            disk.mount()
            held.records = Records(Home(cli.home))
            kept = held.record().sound
            assert np.array_equal(kept, sound[: len(kept)])
            lost_s = max(0, had - len(kept)) / RATE_HZ
            assert held.links()[: len(committed)] == committed
            began = time.monotonic()
            held.serve()
            until(lambda: held.recorded() > len(kept) + 1_600)
            sound_s = time.monotonic() - began
            held.await_end()
            record = held.record()
            cer = error_rate(whole.text, record.text)
            keep(
                Figure(
                    fault="disk became read-only in a meeting, machine switched off, disk repaired",
                    lost_s=rounded([lost_s]),
                    sound_s=rounded([sound_s]),
                    cer=(round(cer, 4),),
                    found="lost: of what was recorded before; the played recording goes on from there",
                )
            )
            held.assert_whole(committed)
            assert lost_s <= 1.0
            assert np.array_equal(record.sound, sound) and record.ids == whole.ids and cer <= 0.01
            held.close()
        finally:
            cli.close()
