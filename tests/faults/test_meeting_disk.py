"""A whole meeting on a disk that fills up, and a home on one that is read-only: told, nothing half-written, gone on."""

import asyncio
import errno
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import soundfile

from asr.recording import Recording
from meeting.stream.client import connect
from meeting.stream.messages import Status
from tests.conftest import DEMO, Cli
from tests.faults.figures import Figure, keep, rounded
from tests.faults.held import Held, until
from tests.unit.meeting.store_homes import remount, small_disk
from ui.bench.scoring import error_rate

SECONDS = 8.0


def fill(path: Path) -> None:
    """Takes all the room that is left."""
    with path.open("wb", buffering=0) as file:
        for size in (1 << 20, 4096, 1):
            try:
                while True:
                    file.write(bytes(size))
            except OSError as error:
                assert error.errno == errno.ENOSPC


async def state_comes(held: Held, wanted: str) -> None:
    address = held.cli.serving(held.service, held.meeting)
    async with asyncio.timeout(60), connect(address.ws_url, address.token, after=None) as stream:
        async for message in stream:
            if isinstance(message, Status) and message.state == wanted:
                return


@pytest.mark.model
def test_meeting_on_a_disk_that_is_full_for_a_while_is_complete_in_the_end(
    clip: Callable[[float], Path], undisturbed, tmp_path: Path
) -> None:
    whole, (sound, _) = undisturbed(SECONDS), soundfile.read(clip(SECONDS), dtype="int16")
    with small_disk(tmp_path / "disk", "size=24m") as disk:
        cli = Cli(disk / "家", tmp_path)
        try:
            held = Held(cli, clip(SECONDS))
            until(lambda: held.recorded() > 16_000 * 3)
            fill(disk / "ballast")
            asyncio.run(state_comes(held, "disk_full"))
            error = Recording(held.journal).state().error
            assert error is not None and error.code == "disk_full" and "full" in str(error)
            committed, had = held.links(), held.recorded()
            time.sleep(3.0)
            assert held.pid_of("service") and held.pid_of("recorder")
            assert held.record().sound.tolist() == sound[: held.recorded()].tolist()
            (disk / "ballast").unlink()
            freed = time.monotonic()
            until(lambda: held.recorded() > had + 1_600)
            sound_s = time.monotonic() - freed
            held.await_end()
            record = held.record()
            cer = error_rate(whole.text, record.text)
            keep(
                Figure(
                    fault="disk full in a meeting, for 3 s",
                    lost_s=((len(sound) - len(record.sound)) / 16_000,),
                    sound_s=rounded([sound_s]),
                    cer=(round(cer, 4),),
                )
            )
            held.assert_whole(committed)
            assert np.array_equal(record.sound, sound) and record.ids == whole.ids and cer <= 0.1
            held.close()
        finally:
            cli.close()


def test_home_on_a_full_disk_is_called_full_and_not_damaged_and_goes_on_with_room(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", "size=4m") as disk:
        cli = Cli(disk / "家", tmp_path)
        meeting = cli.json("new", DEMO / "agenda.yaml")["id"]
        fill(disk / "ballast")
        for command in (("list",), ("run", meeting, "--no-console", "--source", DEMO / "meeting.flac")):
            refused = cli(*command)
            assert refused.returncode == 1 and "full" in refused.stderr, refused.stderr
            assert "damaged" not in refused.stderr and refused.stderr.count("\n") == 1
        (disk / "ballast").unlink()
        assert [one["id"] for one in cli.json("list")["meetings"]] == [meeting]
        assert cli.json("verify", meeting)["ok"]


def content(folder: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def test_home_on_a_read_only_disk_is_refused_and_as_it_was_when_it_can_be_written_again(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", "size=24m") as disk:
        cli = Cli(disk / "家", tmp_path)
        meeting = cli.json("new", DEMO / "agenda.yaml")["id"]
        before = content(cli.home)
        remount(disk, "ro")
        for command in (("run", meeting, "--no-console", "--source", DEMO / "meeting.flac"), ("serve",)):
            refused = cli(*command)
            assert refused.returncode == 1 and refused.stderr.count("\n") == 1, refused.stderr
            assert str(cli.home) in refused.stderr and "Traceback" not in refused.stderr
        assert content(cli.home) == before
        remount(disk, "rw")
        assert [one["id"] for one in cli.json("list")["meetings"]] == [meeting]
        assert cli.json("verify", meeting)["ok"]
        cli.close()
