"""The place beside the store where a model is prepared, for one fetch at a time."""

import errno
import fcntl
import os
import shutil
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Literal, Self

import msgspec

from models.catalog import Source
from models.checks import MANIFEST, Manifest, read_manifest

Phase = Literal["waiting", "downloading", "refused", "checking", "done"]


class FetchStep(msgspec.Struct, frozen=True):
    """How far a fetch is: bytes for `downloading`, the reason for `refused` (the next source follows)."""

    phase: Phase
    source: str
    done_bytes: int = 0
    total_bytes: int = 0
    reason: str = ""


class Workplace:
    """A hidden folder `.NAME.partial` beside the model's, held under a lock.

    The lock is a file of its own that is never removed: a lock on a removed file would hold nobody off.
    """

    WATCH_S = 0.5

    def __init__(self, folder: Path, name: str, progress: Callable[[FetchStep], None]) -> None:
        self.folder = folder
        self.name = name
        self.progress = progress
        self.path = folder / f".{name}.partial"
        self.files = self.path / "files"
        self.lock = -1

    def __enter__(self) -> Self:
        self.lock = os.open(self.folder / f".{self.name}.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        try:
            fcntl.flock(self.lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            if error.errno != errno.EWOULDBLOCK:
                raise
            self.progress(FetchStep("waiting", ""))
            fcntl.flock(self.lock, fcntl.LOCK_EX)
        self.files.mkdir(parents=True, exist_ok=True)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        os.close(self.lock)

    def clear(self) -> None:
        """Removes what is left of this fetch and of killed ones."""
        shutil.rmtree(self.path, ignore_errors=True)

    def empty_files(self) -> None:
        """Starts the prepared files anew: those of one source must not lie beside those of another."""
        shutil.rmtree(self.files)
        self.files.mkdir()

    def size(self) -> int:
        """Bytes in the folder now."""
        total = 0
        for root, _, names in os.walk(self.path):
            for name in names:
                try:
                    total += os.lstat(os.path.join(root, name)).st_size
                except FileNotFoundError:
                    continue  # the child has moved it meanwhile
        return total

    @contextmanager
    def watched(self, source: str, total: int) -> Iterator[None]:
        """Reports the growth of the folder while the body runs: works alike for every source."""
        ended = threading.Event()

        def watch() -> None:
            most = 0
            while not ended.wait(self.WATCH_S):
                # The folder shrinks when pip removes its own copy: progress does not.
                most = max(most, min(self.size(), total))
                self.progress(FetchStep("downloading", source, most, total))

        watcher = threading.Thread(target=watch, name="model-fetch", daemon=True)
        self.progress(FetchStep("downloading", source, 0, total))
        watcher.start()
        try:
            yield
        finally:
            ended.set()
            watcher.join()

    def put_in_place(self, name: str, source: Source) -> None:
        """Makes the prepared files the model `name`, durable and at once."""
        manifest = Manifest(name, source.label, source.files)
        (self.files / MANIFEST).write_bytes(msgspec.json.format(msgspec.json.encode(manifest), indent=1))
        for path in sorted(self.files.iterdir()):
            _sync(path)
        _sync(self.files)
        target = self.folder / name
        if target.exists():
            self._make_way(target)
        os.rename(self.files, target)
        _sync(self.folder)

    def _make_way(self, target: Path) -> None:
        # A folder without our manifest was put there by a person: it is set aside, not removed.
        if read_manifest(target) is not None:
            os.rename(target, self.path / "replaced")
            return
        number = 1
        while (aside := target.with_name(f"{target.name}.replaced-{number}")).exists():
            number += 1
        os.rename(target, aside)


def room_left(folder: Path) -> int:
    """Free bytes for this user on the folder's disk."""
    return shutil.disk_usage(folder).free


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
