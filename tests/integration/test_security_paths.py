"""No id, name or address leads to a file, and no page is let in that another site has made."""

import asyncio
import base64
import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from meeting.access.grant import OWNER, Grant
from meeting.domain.agenda import Agenda
from meeting.home import Home
from meeting.service import Service
from meeting.stream.guard import HEADERS
from tests.integration.record_homes import ended
from tests.integration.stream_host import serving
from tests.integration.test_security_stream import ask, first, joined
from ui.cli.records import export_record, file_name

OUTSIDE = "家外面的秘密"
LEADING_OUT = (
    "../../outside.txt",
    "..\\..\\outside.txt",
    "/etc/passwd",
    "%2e%2e/outside.txt",
    "meetings/../run/token",
    "run/token",
    "..",
    ".",
    "",
    "\x00",
    "２０２６../",
)


@pytest.fixture
async def service(tmp_path: Path) -> AsyncIterator[Service]:
    (tmp_path / "outside.txt").write_text(OUTSIDE, encoding="utf-8")
    records, _ = ended(tmp_path / "家", seconds=1)
    records.close()
    async with serving(Home(tmp_path / "家").prepare()) as running:
        yield running


async def answered(service: Service, head: str) -> tuple[int, dict[str, str], bytes]:
    """Status, headers and body for a request as it is written here, to the byte."""
    reader, writer = await asyncio.open_connection("127.0.0.1", service.ports.port)
    writer.write(head.format(host=f"127.0.0.1:{service.ports.port}").encode("utf-8", "surrogateescape"))
    answer = await asyncio.wait_for(reader.read(), 30)
    writer.close()
    top, _, body = answer.partition(b"\r\n\r\n")
    first_line, *lines = top.decode("latin-1").split("\r\n")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    return int(first_line.split()[1]), headers, body


PATHS = (
    "/../../../../etc/passwd",
    "/%2e%2e/%2e%2e/run/token",
    "/..%2f..%2frun%2ftoken",
    "/..%5c..%5crun%5ctoken",
    "//etc/passwd",
    "/run/token",
    "/run/service.json",
    "/meeting.db",
    "/documents/../../run/token",
    "/documents/..%2f..%2frun%2ftoken",
    "/audio/../run/token",
    "/audio/%2e%2e?from_ms=0&to_ms=9",
    "/api/../meeting.db",
    "/healthz/../run/token",
    "/stream/../run/token",
    "http://127.0.0.1/../run/token",
    "/%00",
    "/%c0%ae%c0%ae/run/token",
)


async def test_no_address_leads_to_a_file(service: Service) -> None:
    for path in PATHS:
        request = f"GET {path} HTTP/1.1\r\nHost: {{host}}\r\nConnection: close\r\n\r\n"
        status, headers, body = await answered(service, request)
        assert status in (400, 404), (path, body)
        assert service.home.token().encode() not in body and b"root:" not in body and b"SQLite" not in body, path
        if status == 404:
            assert {name.decode(): value.decode() for name, value in HEADERS}.items() <= headers.items(), path


async def test_no_id_leads_to_a_file(service: Service) -> None:
    async with joined(service, service.home.token()) as socket:
        await first(socket, "welcome")
        for name in LEADING_OUT:
            for command in (
                {"type": "export", "meeting": name},
                {"type": "verify", "meeting": name},
                {"type": "start", "meeting": name},
                {"type": "context", "document_id": name},
                {"type": "context", "document_id": f"record:{name}"},
                {"type": "context", "document_id": f"file:{name}", "passage_id": name},
                {"type": "background", "meeting": name, "item_id": name},
            ):
                if name == "" and command["type"] in ("export", "verify", "start"):
                    # Of one meeting alone every beginning of its id is its name.
                    continue
                answer = await ask(socket, command)
                assert answer["type"] == "error", (command, answer)
                assert OUTSIDE not in json.dumps(answer, ensure_ascii=False)
        listed = await ask(socket, {"type": "new", "path": str(service.home.folder.parent / "outside.txt")})
        assert listed["type"] == "error" and OUTSIDE not in json.dumps(listed, ensure_ascii=False)
        format = await ask(
            socket, {"type": "export", "meeting": service.records.meetings.all()[0].id, "format": "../x"}
        )
        assert format["code"] == "format_unknown"
    for name in LEADING_OUT[:-1]:
        async with joined(service, service.home.token(), meeting=name or "..") as socket:
            assert (await first(socket, "error"))["code"] == "meeting_unknown"


async def test_only_the_machines_own_user_names_files_of_it(service: Service) -> None:
    token, _ = service.records.tokens.make(Grant(role="secretary", clearance=OWNER.clearance, name="周敏"))
    waits = service.records.meetings.add(Agenda(title="局务会", date="2026-11-24"))
    async with joined(service, token) as socket:
        for command in (
            {"type": "new", "path": "/etc/passwd"},
            {"type": "start", "meeting": waits, "source": "/etc/passwd"},
        ):
            assert (await ask(socket, command))["code"] == "not_allowed"


def test_what_is_written_out_stays_where_it_was_asked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from meeting.records import Records

    records = Records(Home(tmp_path / "家").prepare())
    meeting = records.meetings.add(Agenda(title="../../会\n议/..\\x\u202e", date="2026-11-24"))
    records.close()
    folder = tmp_path / "甲" / "乙"
    folder.mkdir(parents=True)
    monkeypatch.chdir(folder)
    export_record(meeting, format="txt", home=tmp_path / "家")
    (made,) = folder.iterdir()
    assert made.parent == folder and [one.name for one in tmp_path.iterdir()].count(made.name) == 0
    for name in LEADING_OUT:
        written = file_name(name, "2026-11-24", "txt")
        assert "/" not in written and "\\" not in written and Path(written).name == written


PAGES = (
    ("Origin: https://evil.example", 403),
    ("Origin: null", 403),
    ("Origin: http://127.0.0.1:1", 403),
    ("Origin: http://{host}.evil.example", 403),
    ("Origin: http://{host}", 101),
    ("X-Nothing: 1", 101),
)


async def test_websocket_is_opened_by_no_page_of_another_site(service: Service) -> None:
    host = f"127.0.0.1:{service.ports.port}"
    key = base64.b64encode(bytes(16)).decode()
    for line, status in PAGES:
        reader, writer = await asyncio.open_connection("127.0.0.1", service.ports.port)
        head = (
            f"GET /stream HTTP/1.1\r\nHost: {host}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            f"Sec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n{line.format(host=host)}\r\n\r\n"
        )
        writer.write(head.encode())
        answer = await asyncio.wait_for(reader.readline(), 30)
        writer.close()
        assert int(answer.split()[1]) == status, line


REQUESTS = (
    ("GET /healthz", "{host}", 200),
    ("GET /healthz", "evil.example", 421),
    ("POST /healthz", "{host}", 405),
    ("DELETE /stream", "{host}", 405),
    ("GET /healthz?TOKEN=1", "{host}", 400),
    ("GET /" + "a" * 3000, "{host}", 400),
)


async def test_every_answer_is_strict_with_browsers(service: Service) -> None:
    for line, host, status in REQUESTS:
        request = f"{line} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n"
        found, headers, body = await answered(service, request)
        assert found == status and b"<script" not in body, line
        policy = headers["content-security-policy"]
        assert "default-src 'none'" in policy and "script-src 'self'" in policy
        assert not [one for one in ("unsafe", "*", "data:", "http") if one in policy]
        assert headers["x-content-type-options"] == "nosniff" and headers["referrer-policy"] == "no-referrer"
        assert "access-control-allow-origin" not in headers and "server" not in headers
