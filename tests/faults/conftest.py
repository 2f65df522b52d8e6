"""What every fault may use: chance with a printed seed, the undisturbed meeting to compare with, homes of their own."""

import os
import random
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import soundfile

from tests.conftest import DEMO, Cli
from tests.faults.held import RATE_HZ, Held, Record

SEED_VARIABLE = "FAULT_SEED"
USUAL_SEED = 20260309
MEMORY = Path("/dev/shm")
ROOM = 1 << 30
"""Bytes that must be free in it for a test to use it."""


@pytest.fixture
def chance() -> random.Random:
    """Chance, the same each time; another FAULT_SEED makes another run, as `scripts/reliability.py` does."""
    seed = int(os.environ.get(SEED_VARIABLE) or USUAL_SEED)
    print(f"seed: {SEED_VARIABLE}={seed}")
    return random.Random(seed)


@pytest.fixture
def new_cli(tmp_path: Path) -> Iterator[Callable[[], Cli]]:
    """Makes `meeting` in one more empty home."""
    made: list[Cli] = []

    def make() -> Cli:
        folder = tmp_path / f"here{len(made)}"
        folder.mkdir()
        made.append(Cli(folder / "家", folder))
        return made[-1]

    yield make
    for cli in made:
        cli.close()


@pytest.fixture
def quick_folder(tmp_path: Path) -> Iterator[Path]:
    """An empty folder in memory where there is room, where a sync takes no time.

    For kills of a process: what it has written outlives it there as on a disk, synced or not.
    """
    if not (MEMORY.is_dir() and os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free > ROOM):
        yield tmp_path
        return
    with tempfile.TemporaryDirectory(dir=MEMORY, prefix="faults-") as name:
        yield Path(name)


@pytest.fixture(scope="session")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Callable[[float], Path]:
    """The first seconds of the demo meeting, as a file."""
    folder = tmp_path_factory.mktemp("sound")

    def cut(seconds: float) -> Path:
        path = folder / f"会议 {seconds}.wav"
        if not path.exists():
            sound, rate = soundfile.read(DEMO / "meeting.flac", dtype="int16", frames=int(seconds * RATE_HZ))
            soundfile.write(path, sound, rate)
        return path

    return cut


@pytest.fixture(scope="session")
def undisturbed(
    clip: Callable[[float], Path], model_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> Callable[[float], Record]:
    """The record of the first seconds of the demo meeting when nothing goes wrong; the pace changes no word."""
    known: dict[float, Record] = {}

    def record(seconds: float) -> Record:
        if seconds not in known:
            folder = tmp_path_factory.mktemp("undisturbed")
            cli = Cli(folder / "家", folder)
            try:
                held = Held(cli, clip(seconds), pace="3")
                held.await_end()
                known[seconds] = held.record()
                held.close()
            finally:
                cli.close()
        return known[seconds]

    return record
