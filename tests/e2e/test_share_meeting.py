"""A whole meeting, recorded and recognized, shared on the network and backed up: what is shown, and what is nowhere."""

import asyncio
import contextlib
import io
import os
import pty
import re
import stat
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest
import segno
from websockets.exceptions import InvalidStatus

from meeting.home import Home
from meeting.records import Records
from meeting.stream.client import Received, StreamRefused, connect
from meeting.stream.dialing import opened
from meeting.stream.messages import Search, Snapshot, Welcome
from meeting.stream.tls import fingerprint_of
from tests.conftest import DEMO, Cli, command
from tests.integration.test_security_network import OTHER
from tests.integration.test_share_certificates import served_at

pytestmark = [
    pytest.mark.model,
    pytest.mark.usefixtures("model_path"),
    pytest.mark.skipif(
        sys.platform != "linux", reason="only Linux answers at all addresses of the loopback network"
    ),
]
WRONG = "0123456789abcdef0123456789abcdef"
FRAGMENT = 12
WITHIN_S = 120.0


class Terminal:
    """A terminal that somebody sits at, as far as a program can tell; `text` is what was shown on it."""

    def __init__(self) -> None:
        self._ours, self.theirs = pty.openpty()
        self._shown = bytearray()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        # A terminal that nobody holds open any more answers with an error.
        with contextlib.suppress(OSError):
            while part := os.read(self._ours, 4096):
                self._shown += part

    @property
    def text(self) -> str:
        return bytes(self._shown).decode("utf-8", "replace").replace("\r\n", "\n")

    def close(self) -> None:
        os.close(self.theirs)
        self._reader.join(10)
        os.close(self._ours)


@pytest.fixture
def terminal() -> Iterator[Terminal]:
    terminal = Terminal()
    yield terminal
    terminal.close()


def until(fact: Any) -> Any:
    """What a question is answered by, once it is."""
    end = time.monotonic() + WITHIN_S
    while not (found := fact()):
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.05)
    return found


def of_the_tree(pid: int) -> Iterator[tuple[str, str]]:
    """What everybody on the machine, or its own user, can read of a service and its children."""
    for one in (psutil.Process(pid), *psutil.Process(pid).children(recursive=True)):
        with contextlib.suppress(psutil.Error):
            yield f"command line of {one.pid}", " ".join(one.cmdline())
            yield f"environment of {one.pid}", str(one.environ())


async def looked_in(url: str, fingerprint: str, token: str) -> tuple[list[str], str]:
    """What was said, as a client is shown it, and what a search of everything tells it."""
    async with asyncio.timeout(WITHIN_S), connect(url, token, fingerprint=fingerprint) as stream:
        message: Received
        async for message in stream:
            assert not isinstance(message, Welcome) or message.role
            if isinstance(message, Snapshot):
                found = await stream.command(Search(id="q1", query="会"))
                return [one.text for one in message.segments], str(found)
    raise AssertionError("no snapshot came")


async def turned_away(url: str, fingerprint: str) -> None:
    """A wrong token, a token in an address, and nobody at all."""
    with pytest.raises(StreamRefused):
        await looked_in(url, fingerprint, WRONG)
    with pytest.raises(InvalidStatus, match="400"):
        async with opened(f"{url}?token={WRONG}", fingerprint):
            pass


def files_of(*folders: Path) -> Iterator[tuple[Path, bytes]]:
    for folder in folders:
        for path in sorted(folder.rglob("*")):
            # Sound is brought into its final form meanwhile: a file may be gone again.
            with contextlib.suppress(FileNotFoundError):
                if path.is_file():
                    yield path, path.read_bytes()


def fragments(token: str) -> Iterator[bytes]:
    for at in range(len(token) - FRAGMENT + 1):
        yield token[at : at + FRAGMENT].encode()
    yield bytes.fromhex(token)


def of_speech(texts: list[str], agenda: str) -> list[str]:
    """Pieces of what was said that stand in no agenda."""
    pieces = [text[at : at + 6] for text in texts for at in range(0, len(text) - 5, 3)]
    return [one for one in pieces if one not in agenda]


def test_a_shared_meeting_shows_its_way_in_and_leaves_no_token_and_no_word_in_any_log(
    cli: Cli, terminal: Terminal, tmp_path: Path
) -> None:
    # As an administrator makes a folder who thinks of nothing.
    cli.home.mkdir(mode=0o755)
    cli.home.chmod(0o755)
    printed = tmp_path / "printed.txt"
    with printed.open("wb") as output:
        run = ("run", DEMO / "agenda.yaml", "--no-console", "--source", DEMO / "meeting.flac", "--share")
        child = subprocess.Popen(
            command((*run, "--share-address", OTHER)),
            env=cli.environment,
            cwd=cli.folder,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=terminal.theirs,
        )
    cli._children.append(child)
    until(lambda: "#token=" in terminal.text or child.poll() is not None)
    address = Home(cli.home).address()
    (shared,) = address.shared
    invited = until(lambda: re.search(r"^(https://\S+)#token=([0-9a-f]{32})$", terminal.text, re.MULTILINE))
    assert invited[1] == shared and f"Fingerprint (SHA-256): {address.fingerprint}\n" in terminal.text
    port = int(shared.rstrip("/").rpartition(":")[2])
    assert fingerprint_of(served_at(OTHER, port)) == address.fingerprint
    drawn = io.StringIO()
    segno.make(invited[0], error="m").terminal(out=drawn, compact=True)
    # The picture is that of the address, and of no other.
    assert all(line in terminal.text for line in drawn.getvalue().splitlines())

    made = {role: cli("tokens", "new", "--role", role, "--expires", "1h").stdout.strip() for role in ("display",)}
    tokens = [invited[2], address.token, *made.values()]
    assert len(set(tokens)) == 3 and all(len(one) == 32 for one in tokens)
    url = shared.replace("https", "wss") + "stream"
    tail = cli.start("tail", url, "--fingerprint", address.fingerprint, MEETING_TOKEN=invited[2])
    records = Records(Home(cli.home))
    log = records.log(str(address.meeting))
    until(lambda: log.state().segments or child.poll() is not None)
    assert asyncio.run(looked_in(url, address.fingerprint, invited[2]))[0] == []
    assert cli("share", "participants").returncode == 0
    until(lambda: asyncio.run(looked_in(url, address.fingerprint, invited[2]))[0])
    assert asyncio.run(looked_in(url, address.fingerprint, made["display"]))[0] == []
    asyncio.run(turned_away(url, address.fingerprint))
    for where, said in of_the_tree(child.pid):
        assert not [one for one in tokens if one in said], where
    assert cli("stop", timeout=WITHIN_S).returncode == 0
    assert child.wait(WITHIN_S) == 0
    followed, complaints = tail.communicate(timeout=WITHIN_S)
    assert cli("backup", tmp_path / "备份", timeout=WITHIN_S).returncode == 0
    texts = [one.text for one in log.state().segments]
    records.close()

    # What its own user and the invited are shown, they are shown: nothing else holds a token.
    shown = terminal.text.replace(invited[0], "")
    said_by_program = {"terminal": shown, "printed": printed.read_text("utf-8"), "tail": followed + complaints}
    everything = [
        *files_of(cli.home, tmp_path / "备份"),
        *((Path(k), v.encode()) for k, v in said_by_program.items()),
    ]
    own = cli.home / "run" / "token"
    for path, content in everything:
        for token in (*tokens, WRONG):
            if path == own and token == address.token:
                continue
            assert not [one for one in fragments(token) if one in content], path
    assert stat.S_IMODE(own.stat().st_mode) == 0o600 and not (cli.home / "run" / "service.json").exists()

    logs = [
        path
        for path, _ in files_of(cli.home)
        if path.suffix in (".jsonl", ".log", ".1") or path.parent.name == "run"
    ]
    states = [path for path, _ in files_of(cli.home / "meetings") if path.suffix == ".json"]
    service_log = (cli.home / "run" / "service.jsonl").read_text("utf-8")
    assert cli.home / "run" / "service.jsonl" in logs and "client joined" in service_log and states
    spoken = of_speech(texts, (DEMO / "agenda.yaml").read_text("utf-8"))
    assert spoken and all(one in printed.read_text("utf-8") for one in spoken[:1])
    for path in (*logs, *states):
        content = path.read_bytes().decode("utf-8", "replace")
        assert not [one for one in spoken if one in content], path
    assert not [one for one in spoken if one in shown + complaints]

    for path, _ in files_of(cli.home):
        inner = [path, *(one for one in path.parents if cli.home in one.parents)]
        assert any(not stat.S_IMODE(one.stat().st_mode) & 0o077 for one in inner), path
