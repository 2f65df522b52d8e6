"""One user's home: where everything of the product lies on disk, and who holds it.

HOME/
  meeting.db            the records (SQLite, unless a database URL is configured)
  index/                the search index, rebuilt from the records at any time
  meetings/ID/audio/    the audio journal of one meeting
  run/service.lock      held by the one service of this home (pid and process start time inside)
  run/service.json      how programs of the same user reach it (0600)
  run/token             what opens the stream for them (0600)
  reserve               room for text and events, given up when the disk is full; there while a service runs
"""

import errno
import os
import secrets
from pathlib import Path

import msgspec
import platformdirs

from asr.liveness import ProcessMark, is_running, mark_of
from asr.room import Reserve
from meeting.errors import HomeReadOnly, NoService, ServiceRunning

try:
    import fcntl
except ImportError:  # pragma: no cover - another system's locks come with its installer
    fcntl = None  # type: ignore[assignment] # absent there, and checked before use


RESERVED_BYTES = 64_000_000


class ServiceAddress(msgspec.Struct, frozen=True, kw_only=True):
    """What `run/service.json` holds. `shared` are the addresses for others, `fingerprint` that of their certificate."""

    url: str
    ws_url: str
    token: str
    pid: int
    started: int = 0
    epoch: str
    meeting: str | None = None
    shared: tuple[str, ...] = ()
    fingerprint: str = ""


class Home:
    """The folder given by `--home` or MEETING_HOME, else the user's data folder.

    Raises HomeReadOnly when it cannot be made or written.
    """

    def __init__(self, folder: Path | None = None) -> None:
        given = folder or os.environ.get("MEETING_HOME") or platformdirs.user_data_dir("smart-meeting")
        self.folder = Path(given).expanduser().absolute()

    def prepare(self) -> "Home":
        """Makes the folders, readable by their owner alone."""
        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            for part in (self.run, self.folder / "meetings", self.index):
                part.mkdir(mode=0o700, exist_ok=True)
                part.chmod(0o700)
            # The folder itself may have been there before, and be open to others; what is in it is not.
            records = self.folder / "meeting.db"
            # Never opened where it is there: closing it would drop the locks by which SQLite holds it in this process,
            # and another program could take its newest pages away.
            if not records.exists():
                os.close(os.open(records, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, 0o600))
            records.chmod(0o600)
            probe = self.run / f".probe-{os.getpid()}"
            probe.write_bytes(b"")
            probe.unlink()
        except OSError as error:
            raise HomeReadOnly(home=self.folder) from error
        return self

    @property
    def run(self) -> Path:
        return self.folder / "run"

    @property
    def reserve(self) -> Reserve:
        """Room on the disk that text and events get when everything else is full."""
        return Reserve(self.folder / "reserve", RESERVED_BYTES)

    @property
    def index(self) -> Path:
        return self.folder / "index"

    @property
    def database_url(self) -> str:
        """MEETING_DATABASE_URL, else SQLite in the home."""
        return os.environ.get("MEETING_DATABASE_URL") or f"sqlite:///{self.folder / 'meeting.db'}"

    def meeting(self, meeting_id: str) -> Path:
        return self.folder / "meetings" / meeting_id

    def exports(self, meeting_id: str) -> Path:
        return self.meeting(meeting_id) / "exports"

    def journal(self, meeting_id: str) -> Path:
        """The folder of a meeting's audio journal; sound that may not be kept lies elsewhere, in memory."""
        return self.meeting(meeting_id) / "audio"

    def make_journal(self, meeting_id: str) -> Path:
        """Makes that folder, readable by its owner alone. Raises HomeReadOnly."""
        folder = self.journal(meeting_id)
        try:
            for part in (folder.parent, folder):
                part.mkdir(mode=0o700, parents=True, exist_ok=True)
                part.chmod(0o700)
        except OSError as error:
            raise HomeReadOnly(home=folder) from error
        return folder

    def token(self) -> str:
        """What opens the stream for this home's own user, made once: clients come back to a service started anew."""
        path = self.run / "token"
        try:
            if not path.exists():
                write_private(path, secrets.token_hex(16).encode())
            return path.read_text(encoding="ascii")
        except (OSError, UnicodeDecodeError) as error:
            raise HomeReadOnly(home=self.folder) from error

    def last_port(self) -> int:
        """The port of the last service of this home, 0 when there was none."""
        try:
            return int((self.run / "port").read_text(encoding="ascii"))
        except (OSError, ValueError):
            return 0

    def keep_port(self, port: int) -> None:
        """Remembers the port for the next service."""
        write_private(self.run / "port", str(port).encode())

    def address(self) -> ServiceAddress:
        """Where the running service of this home answers. Raises NoService."""
        try:
            address = msgspec.json.decode((self.run / "service.json").read_bytes(), type=ServiceAddress)
        except (OSError, msgspec.DecodeError) as error:
            raise NoService(home=self.folder) from error
        # A pid alone may belong to another program by now, or to a service that is dead and not yet buried.
        if not is_running(ProcessMark(address.pid, address.started)):
            raise NoService(home=self.folder)
        return address


class ServiceLock:
    """Held by the one service of a home for as long as it lives; the system lets go of it when the process dies.

    Raises ServiceRunning, naming the first one's pid, and HomeReadOnly.
    """

    def __init__(self, home: Home) -> None:
        path = home.run / "service.lock"
        try:
            self._fd = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise HomeReadOnly(home=home.folder) from error
        try:
            fcntl.flock(self._fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            holder = os.read(self._fd, 64).decode(errors="replace").split()
            os.close(self._fd)
            if error.errno not in (errno.EWOULDBLOCK, errno.EACCES):
                raise HomeReadOnly(home=home.folder) from error
            raise ServiceRunning(home=home.folder, pid=holder[0] if holder else "?") from error
        os.ftruncate(self._fd, 0)
        os.pwrite(self._fd, f"{os.getpid()} {started_of(os.getpid())}\n".encode(), 0)

    def release(self) -> None:
        os.close(self._fd)


def started_of(pid: int) -> int:
    """When a process began, in clock ticks since boot: with its pid it names it for good; 0 when there is none."""
    mark = mark_of(pid)
    return mark.started if mark else 0


def write_private(path: Path, content: bytes) -> None:
    """Writes `path` atomically, readable by its owner alone."""
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    fd = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        with open(fd, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(fd)
        os.replace(draft, path)
    except OSError:
        draft.unlink(missing_ok=True)
        raise
