"""Other live systems on the same recording: each driven by a program of its own, in an environment of its own.

A folder of peers holds `drive_NAME.py` and `setup_NAME.sh` for each. The set-up prints the interpreter to use as its
last line. The driver, given SOUND MODEL_FOLDER OUT LANGUAGE, starts its server, prints `playing PID` once that is
warm, plays, ends the server and leaves a `Played` as JSON in OUT. Its server alone is metered, from `playing` on.
"""

import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory

import msgspec

from ui.bench.asr.live import Manner, last_line
from ui.bench.asr.meter import Meter
from ui.bench.asr.played import Played
from ui.bench.errors import PeersMissing, SystemFailed


class Peer(msgspec.Struct, frozen=True):
    """Another system, ready to be driven: its driver's folder and name, and the interpreter of its environment."""

    folder: Path
    name: str
    interpreter: str


def names(folder: Path) -> list[str]:
    """The peers of a folder. Raises PeersMissing."""
    found = sorted(path.stem.removeprefix("drive_") for path in folder.glob("drive_*.py"))
    if not found or not all((folder / f"setup_{name}.sh").is_file() for name in found):
        raise PeersMissing(folder=folder)
    return found


def prepare(folder: Path, name: str) -> Peer:
    """Makes the peer's environment where it is not there yet. Raises SystemFailed."""
    done = subprocess.run(
        ["bash", str(folder / f"setup_{name}.sh")], stdin=subprocess.DEVNULL, capture_output=True, text=True
    )
    if done.returncode:
        raise SystemFailed(system=name, why=_last(done.stderr))
    return Peer(folder, name, _last(done.stdout))


def _last(text: str) -> str:
    lines = text.strip().splitlines()
    return lines[-1] if lines else ""


def play(peer: Peer, sound: Path, manner: Manner) -> Played:
    """Plays `sound` to a peer in real time. Raises SystemFailed."""
    with TemporaryDirectory(prefix="meeting-bench-") as work:
        out, log = Path(work) / "played.json", Path(work) / "log"
        driver_path = peer.folder / f"drive_{peer.name}.py"
        command = [peer.interpreter, str(driver_path), str(sound), str(manner.model_path), str(out)]
        with log.open("wb") as errors:
            driver = subprocess.Popen(
                [*command, manner.language], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=errors
            )
        try:
            server = _await_playing(driver)
            if server is None:
                raise SystemFailed(system=peer.name, why=last_line(log) or str(driver.poll()))
            with Meter(server) as meter:
                driver.wait()
        finally:
            if driver.poll() is None:
                driver.terminate()
                driver.wait()
            if driver.stdout:
                driver.stdout.close()
        if driver.returncode:
            raise SystemFailed(system=peer.name, why=last_line(log) or str(driver.returncode))
        played = msgspec.json.decode(out.read_bytes(), type=Played)
    return msgspec.structs.replace(played, cpu_s=meter.cpu_s, peak_bytes=meter.peak_bytes)


def _await_playing(driver: "subprocess.Popen[bytes]") -> int | None:
    for line in driver.stdout or ():
        words = line.split()
        if words[:1] == [b"playing"]:
            return int(words[1])
    return None
