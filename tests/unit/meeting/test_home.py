"""The home folder, its one service, and the file that says where that service answers."""

import os
import signal
import stat
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from meeting.errors import HomeReadOnly, NoService, ServiceRunning
from meeting.home import Home, ServiceAddress, ServiceLock, started_of, write_private
from meeting.records import Records


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "办公室 的 家").prepare()


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def holder(home: Home) -> "subprocess.Popen[str]":
    """Another process that holds the home's lock until it is killed."""
    program = textwrap.dedent("""
        import sys, time
        from pathlib import Path
        from meeting.home import Home, ServiceLock
        lock = ServiceLock(Home(Path(sys.argv[1])))
        print("held", flush=True)
        time.sleep(60)
    """)
    child = subprocess.Popen([sys.executable, "-c", program, str(home.folder)], stdout=subprocess.PIPE, text=True)
    assert child.stdout is not None
    assert child.stdout.readline() == "held\n"
    return child


@pytest.fixture
def held(home: Home) -> "Iterator[subprocess.Popen[str]]":
    child = holder(home)
    yield child
    child.kill()
    child.communicate()


def test_folders_are_their_owners_alone(home: Home) -> None:
    assert [mode(path) for path in (home.folder, home.run, home.folder / "meetings")] == [0o700] * 3
    assert list(home.run.iterdir()) == []


def test_home_is_the_one_asked_for_else_the_environments(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("MEETING_HOME", str(tmp_path / "b"))
    assert Home(tmp_path / "a").folder == tmp_path / "a"
    assert Home().folder == tmp_path / "b"
    monkeypatch.delenv("MEETING_HOME")
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    assert Home().folder == tmp_path / "data" / "smart-meeting"


def test_second_service_is_refused_naming_the_first(home: Home, held: "subprocess.Popen[str]") -> None:
    with pytest.raises(ServiceRunning) as refused:
        ServiceLock(home)
    assert refused.value.facts["pid"] == str(held.pid)
    assert str(refused.value) == (
        f"The home {home.folder} is in use by another service (pid {held.pid}), which goes on undisturbed. "
        "Attach with `meeting console`, or stop it first."
    )


def test_refused_service_leaves_the_lock_as_it_was(home: Home, held: "subprocess.Popen[str]") -> None:
    before = (home.run / "service.lock").read_bytes()
    for _ in range(2):
        with pytest.raises(ServiceRunning):
            ServiceLock(home)
    assert (home.run / "service.lock").read_bytes() == before


def test_lock_of_a_killed_service_is_taken_over(home: Home, held: "subprocess.Popen[str]") -> None:
    os.kill(held.pid, signal.SIGKILL)
    held.wait()
    lock = ServiceLock(home)
    pid, started = (home.run / "service.lock").read_text().split()
    assert (int(pid), int(started)) == (os.getpid(), started_of(os.getpid()))
    lock.release()


def test_released_lock_is_free(home: Home) -> None:
    ServiceLock(home).release()
    ServiceLock(home).release()


def test_lock_is_not_inherited_by_a_recorder(home: Home) -> None:
    lock = ServiceLock(home)
    child = subprocess.Popen(["sleep", "30"])
    try:
        lock.release()
        ServiceLock(home).release()
    finally:
        child.kill()
        child.wait()


def address(pid: int) -> ServiceAddress:
    return ServiceAddress(
        url="http://127.0.0.1:1/",
        ws_url="ws://127.0.0.1:1/stream",
        token="t",
        pid=pid,
        started=started_of(pid),
        epoch="e",
    )


def test_address_of_a_living_service_is_read(home: Home) -> None:
    write_private(home.run / "service.json", msgspec.json.encode(address(os.getpid())))
    assert home.address() == address(os.getpid())


@pytest.mark.parametrize("content", [None, b"", b"{", b'{"url":1}'])
def test_no_service_without_a_whole_address(home: Home, content: bytes | None) -> None:
    if content is not None:
        (home.run / "service.json").write_bytes(content)
    with pytest.raises(NoService):
        home.address()


def test_address_of_a_dead_service_is_no_service(home: Home) -> None:
    child = subprocess.Popen(["true"])
    child.wait()
    write_private(home.run / "service.json", msgspec.json.encode(address(child.pid)))
    with pytest.raises(NoService):
        home.address()


def test_address_whose_pid_belongs_to_another_program_by_now_is_no_service(home: Home) -> None:
    stale = msgspec.structs.replace(address(os.getpid()), started=1)
    write_private(home.run / "service.json", msgspec.json.encode(stale))
    with pytest.raises(NoService):
        home.address()


def test_what_lies_in_a_home_that_was_open_before_is_its_owners_alone(tmp_path: Path) -> None:
    open_to_all = tmp_path / "公共"
    open_to_all.mkdir(mode=0o755)
    home = Home(open_to_all).prepare()
    Records(home).library.check()
    assert {stat.S_IMODE(path.stat().st_mode) & 0o077 for path in (home.run, home.index)} == {0}
    assert all(path.stat().st_mode & 0o077 == 0 for path in open_to_all.glob("meeting.db*"))


def test_private_file_is_atomic_and_its_owners_alone(home: Home) -> None:
    path = home.run / "service.json"
    old = os.umask(0)
    try:
        write_private(path, b"first")
        reader = path.open("rb")
        write_private(path, b"second")
    finally:
        os.umask(old)
    with reader:
        assert reader.read() == b"first"
    assert (path.read_bytes(), mode(path)) == (b"second", 0o600)
    assert [one.name for one in home.run.iterdir()] == ["service.json"]


def test_private_file_that_cannot_be_written_leaves_the_old_one(home: Home) -> None:
    path = home.run / "service.json"
    write_private(path, b"first")
    # Nothing can be put in the place of a folder.
    (home.run / "folder").mkdir()
    (home.run / "folder" / "x").touch()
    with pytest.raises(OSError):
        write_private(home.run / "folder", b"second")
    assert path.read_bytes() == b"first"
    assert sorted(one.name for one in home.run.iterdir()) == ["folder", "service.json"]


def test_home_that_cannot_be_written_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(HomeReadOnly) as refused:
        Home(tmp_path / "file" / "home").prepare()
    assert str(refused.value) == (
        f"The folder {tmp_path / 'file' / 'home'} cannot be written, so nothing can be recorded there. "
        "Choose one with --home."
    )


def test_read_only_home_is_refused() -> None:
    # Even root writes nothing there.
    with pytest.raises(HomeReadOnly):
        Home(Path("/proc/self/smart-meeting")).prepare()


def test_lock_that_cannot_be_made_is_refused(home: Home) -> None:
    (home.run / "service.lock").mkdir()
    with pytest.raises(HomeReadOnly):
        ServiceLock(home)


def test_folder_of_the_sound_is_its_owners_alone(home: Home) -> None:
    folder = home.make_journal("20260309-abcd")
    assert folder == home.journal("20260309-abcd") and folder.is_relative_to(home.folder)
    assert (mode(folder), mode(folder.parent)) == (0o700, 0o700)
