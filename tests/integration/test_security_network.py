"""On the network with a certificate that is known by its fingerprint; on a declared machine on a Unix socket alone."""

import asyncio
import contextlib
import os
import re
import signal
import ssl
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from meeting.access.errors import FingerprintDiffers, NetworkClosed
from meeting.access.grant import Grant
from meeting.errors import NoService
from meeting.home import Home
from meeting.ports import Ports, Share
from meeting.records import Records
from meeting.stream.client import connect
from meeting.stream.messages import Welcome
from meeting.stream.tls import own_certificate
from ui.cli.sharing import invite

ROOT = Path(__file__).parents[2]
OTHER = "127.0.0.2"
"""An address that is not the one of the own listener, on every machine."""


@contextlib.contextmanager
def serve(home: Path, *options: str, **environment: str) -> Iterator[tuple[Home, "subprocess.Popen[bytes]", Path]]:
    """A service of its own process, until the block ends; what it says is in a file."""
    says = home.with_name("gesagt.txt")
    with says.open("wb") as output:
        child = subprocess.Popen(
            [sys.executable, "-m", "ui.cli", "serve", "--home", str(home), *options],
            cwd=home.parent,
            env=os.environ | {"PYTHONPATH": str(ROOT), "MEETING_LANG": "en", "COLUMNS": "200"} | environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=output,
        )
    try:
        until = time.monotonic() + 60
        while True:
            assert child.poll() is None and time.monotonic() < until, says.read_text("utf-8")
            with contextlib.suppress(NoService):
                if Home(home).address().pid == child.pid:
                    break
            time.sleep(0.05)
        yield Home(home), child, says
    finally:
        child.send_signal(signal.SIGTERM)
        child.wait(60)


def ports_of(pid: int) -> set[str]:
    return {
        one.laddr.ip for one in psutil.Process(pid).net_connections("inet") if one.status == psutil.CONN_LISTEN
    }


async def role_at(url: str, token: str, fingerprint: str | None = None) -> str:
    async with asyncio.timeout(30), connect(url, token, fingerprint=fingerprint) as stream:
        async for message in stream:
            if isinstance(message, Welcome):
                return message.role
    raise AssertionError("no welcome")


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux answers at all addresses of the loopback network")
async def test_shared_service_invites_with_a_fingerprint_and_a_token_in_the_fragment(tmp_path: Path) -> None:
    with serve(tmp_path / "家", "--share", "--share-address", OTHER) as (home, child, says):
        address = home.address()
        (shared,) = address.shared
        assert shared.startswith(f"https://{OTHER}:") and ports_of(child.pid) == {"127.0.0.1", OTHER}
        while "tokens new" not in (said := says.read_text("utf-8")):
            await asyncio.sleep(0.05)
        # What it says goes into a file here, as into a log: no token, and no picture of one.
        assert address.fingerprint in said and shared in said and "#token" not in said and "█" not in said
        shown = await asyncio.to_thread(invite, home, True)
        invited = re.fullmatch(r"(https://\S+)#token=(\w{32})", shown[-1])
        assert invited is not None and "\n".join(shown).count(invited[2]) == 1 and "█" in "".join(shown)
        stream = shared.replace("https", "wss") + "stream"
        assert await role_at(stream, invited[2], address.fingerprint) == "participant"
        with pytest.raises(FingerprintDiffers):
            await role_at(stream, invited[2], "00:" + address.fingerprint[3:])
        assert await role_at(address.ws_url, address.token) == "secretary"
        with pytest.raises((ssl.SSLError, OSError, TimeoutError)):
            async with asyncio.timeout(5):
                await asyncio.open_connection(OTHER, int(shared.split(":")[2].strip("/")), ssl=True)
        assert all(stat.S_IMODE(path.stat().st_mode) == 0o600 for path in (home.folder / "tls").iterdir())


def test_nothing_is_shared_unless_asked(tmp_path: Path) -> None:
    with serve(tmp_path / "家") as (home, child, _says):
        assert ports_of(child.pid) == {"127.0.0.1"} and home.address().shared == ()


def test_own_certificate_is_kept_and_made_anew_for_another_address(tmp_path: Path) -> None:
    first = own_certificate(tmp_path / "tls", ("192.0.2.7",))
    assert own_certificate(tmp_path / "tls", ("192.0.2.7",)) == first
    other = own_certificate(tmp_path / "tls", ("192.0.2.8",))
    assert other.fingerprint != first.fingerprint
    from cryptography import x509

    made = x509.load_pem_x509_certificate(other.certificate.read_bytes())
    names = made.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert [str(one) for one in names.get_values_for_type(x509.IPAddress)] == ["192.0.2.8"]
    assert (made.not_valid_after_utc - made.not_valid_before_utc).days <= 825


def declared(folder: Path, grade: str) -> dict[str, str]:
    (folder / "config.toml").write_text(f'grade = "{grade}"\n', encoding="utf-8")
    return {"MEETING_CONFIG": str(folder / "config.toml")}


async def test_declared_machine_opens_no_port(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    environment = declared(tmp_path, "机密")
    # The system has little room for the path of such a socket.
    with serve(tmp_path / "h", **environment) as (home, child, _says):
        address = home.address()
        assert ports_of(child.pid) == set() and address.url == ""
        assert stat.S_IMODE((home.run / "service.sock").stat().st_mode) == 0o600
        assert await role_at(address.ws_url, address.token) == "secretary"
        records = Records(home)
        token, _listed = records.tokens.make(Grant(role="display", clearance="内部"))
        records.close()
        assert await role_at(address.ws_url, token) == "display"
        command = [sys.executable, "-m", "ui.cli", "next", "--home", str(home.folder)]
        said = environment | {"PYTHONPATH": str(ROOT), "MEETING_LANG": "en"}
        done = await asyncio.to_thread(
            subprocess.run, command, env=os.environ | said, capture_output=True, text=True, check=False
        )
        assert (done.returncode, "No meeting is running" in done.stderr) == (1, True)
    assert not (home.run / "service.sock").exists()
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(NetworkClosed):
        Ports(home, Share())


AGENDA = "title: 人事会议\ndate: 2026-11-24\nclassification: {grade}\nitems:\n  - {{number: 1, title: 研究人事}}\n"


@pytest.mark.parametrize(
    ("grade", "classified", "code"),
    [(None, "秘密", 1), ("内部", "秘密", 1), ("秘密", "秘密", 0), ("秘密", "绝密", 1)],
)
def test_classified_is_taken_in_only_where_the_grade_is_declared(
    tmp_path: Path, grade: str | None, classified: str, code: int
) -> None:
    environment = declared(tmp_path, grade) if grade else {"MEETING_CONFIG": str(tmp_path / "none")}
    (tmp_path / "议程.yaml").write_text(AGENDA.format(grade=classified), encoding="utf-8")
    (tmp_path / "纪要.txt").write_text(f"{classified}★1年\n人事会议纪要\n会议研究了人事。\n", encoding="utf-8")
    common = os.environ | environment | {"PYTHONPATH": str(ROOT), "MEETING_LANG": "en"}
    for order in (["new", "议程.yaml"], ["import", "纪要.txt"]):
        done = subprocess.run(
            [sys.executable, "-m", "ui.cli", *order, "--home", str(tmp_path / "h")],
            cwd=tmp_path,
            env=common,
            capture_output=True,
            text=True,
        )
        assert bool(done.returncode) == bool(code), done.stdout + done.stderr
        why = "is declared for" if grade else "grade is not declared"
        assert (why in done.stdout + done.stderr) == bool(code)
