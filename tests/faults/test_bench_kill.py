"""A benchmark whose service dies ends with the reason, and leaves nothing running."""

import threading
import time
from pathlib import Path

import psutil
import pytest

import ui
from ui.bench.asr import live
from ui.bench.errors import SystemFailed

DEMO = Path(ui.__file__).parent / "demo"


def command_line(one: psutil.Process) -> list[str]:
    try:
        return one.cmdline()
    except psutil.Error:
        return []  # it has ended since


@pytest.mark.model
def test_a_service_that_is_killed_is_a_failed_measurement(model_path: Path, tmp_path: Path):
    seen = list[psutil.Process]()
    before = set(psutil.Process().children(recursive=True))

    def children() -> list[psutil.Process]:
        return [one for one in psutil.Process().children(recursive=True) if one not in before]

    def kill() -> None:
        until = time.monotonic() + 120
        while time.monotonic() < until:
            lines = [" ".join(command_line(one)) for one in children()]
            if all(any(module in line for line in lines) for module in ("asr.recorder", "asr.worker")):
                seen.extend(children())
                next(one for one in seen if "run" in command_line(one)).kill()
                return
            time.sleep(0.1)

    killing = threading.Thread(target=kill)
    killing.start()
    try:
        with pytest.raises(SystemFailed):
            live.play(
                DEMO / "meeting.flac",
                DEMO / "agenda.yaml",
                live.Manner(model="whisper-base", model_path=model_path),
                tmp_path / "home",
            )
    finally:
        killing.join()
    assert len(seen) >= 3
    _, left = psutil.wait_procs(seen, timeout=60)
    assert left == []
