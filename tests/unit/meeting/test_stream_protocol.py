"""What a client may say and when, what a slow one still gets, and that the wire only grows."""

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from meeting.access.grant import Grant
from meeting.access.permissions import ROLE_COMMANDS
from meeting.domain.events import Event, StoredEvent
from meeting.stream.messages import ClientCommand, ClientRole, Hello, Item, Message, Search, ServerMessage
from meeting.stream.protocol import (
    CLOSE_REFUSED,
    CLOSE_TOO_LARGE,
    MAX_MESSAGE_BYTES,
    MAX_WAITING_EVENTS,
    Asked,
    Conversation,
    Joined,
    Outbox,
    Refused,
)

WIRE = Path(__file__).parents[2] / "data" / "wire"


def role_of(token: str) -> Grant | None:
    roles: dict[str, ClientRole] = {
        "王芳": "secretary",
        "屏": "display",
        "手机": "participant",
        "档案": "archivist",
    }
    return Grant(role=roles[token], clearance="内部") if token in roles else None


def talk(token: str = "王芳") -> Conversation:
    conversation = Conversation(role_of)
    assert isinstance(conversation.receive(json.dumps({"type": "hello", "token": token})), Joined)
    return conversation


def refused(outcome: object) -> tuple[str, str | None, int | None]:
    assert isinstance(outcome, Refused)
    return outcome.failure.code, outcome.failure.id, outcome.close_code


def test_hello_opens_with_the_role_of_its_token() -> None:
    hello = Hello(token="屏", meeting="m1", epoch="e", after=7, partials=False)
    outcome = Conversation(role_of).receive(msgspec.json.encode(hello).decode())
    assert isinstance(outcome, Joined) and (outcome.hello, outcome.role) == (hello, "display")


def test_hello_from_the_future_opens_too() -> None:
    outcome = Conversation(role_of).receive('{"type":"hello","token":"王芳","colour":"红","nested":{"a":[1]}}')
    assert isinstance(outcome, Joined) and outcome.hello == Hello(token="王芳")


def test_wrong_token_closes_and_does_not_repeat_it() -> None:
    outcome = Conversation(role_of).receive('{"type":"hello","token":"geheim𠮷"}')
    assert refused(outcome) == ("bad_token", None, CLOSE_REFUSED)
    assert "geheim" not in msgspec.json.encode(outcome.failure).decode()  # type: ignore[union-attr] # just seen


@pytest.mark.parametrize(
    "data", ["", "{", "null", "[]", '{"type":"next","id":"1"}', '{"type":"hello","after":"7"}']
)
def test_anything_but_hello_closes_first(data: str) -> None:
    assert refused(Conversation(role_of).receive(data)) == ("no_hello", None, CLOSE_REFUSED)


@pytest.mark.parametrize("data", ["[" * 60_000, '{"type":"hello","token":"\ud800"}'])
def test_hostile_json_is_refused_as_a_message(data: str) -> None:
    assert refused(Conversation(role_of).receive(data)) == ("no_hello", None, CLOSE_REFUSED)
    outcome = talk().receive(data)
    assert refused(outcome) == ("bad_command", None, None)


def test_late_client_is_closed() -> None:
    assert refused(Conversation(role_of).late()) == ("no_hello", None, CLOSE_REFUSED)


def test_binary_closes_at_any_time() -> None:
    for conversation in (Conversation(role_of), talk()):
        assert refused(conversation.receive(b'{"type":"hello"}')) == ("not_text", None, CLOSE_REFUSED)


def test_too_large_is_refused_before_it_is_parsed() -> None:
    for conversation in (Conversation(role_of), talk()):
        outcome = conversation.receive("x" * (MAX_MESSAGE_BYTES + 1))
        assert refused(outcome) == ("too_large", None, CLOSE_TOO_LARGE)


def test_size_is_counted_in_bytes_not_characters() -> None:
    query = "会" * (MAX_MESSAGE_BYTES // 2)
    outcome = talk().receive(json.dumps({"type": "search", "id": "1", "query": query}, ensure_ascii=False))
    assert refused(outcome) == ("too_large", None, CLOSE_TOO_LARGE)


def test_closed_conversation_takes_nothing_more() -> None:
    conversation = Conversation(role_of)
    conversation.late()
    with pytest.raises(RuntimeError):
        conversation.receive('{"type":"hello","token":"王芳"}')


@pytest.mark.parametrize("name", ["start", "next", "item", "pause", "resume", "stop", "search"])
@pytest.mark.parametrize("token", ["王芳", "屏", "手机", "档案"])
def test_commands_by_role(token: str, name: str) -> None:
    command = {"type": name, "id": "c1", "meeting": "m", "query": "房", "number": 2}
    outcome = talk(token).receive(json.dumps(command))
    if name == "search" or token == "王芳":
        assert isinstance(outcome, Asked) and outcome.command.id == "c1"
    else:
        assert refused(outcome) == ("not_allowed", "c1", None)


def test_every_command_is_the_secretarys() -> None:
    names = {str(kind.__struct_config__.tag) for kind in ClientCommand.__args__}
    assert ROLE_COMMANDS["secretary"] == names


def test_unknown_fields_of_a_command_are_ignored() -> None:
    outcome = talk().receive('{"type":"item","id":"c","number":3,"mood":"好"}')
    assert outcome == Asked(Item(id="c", number=3))


@pytest.mark.parametrize(
    ("data", "command_id"),
    [
        ("{", None),
        ("[1]", None),
        ('{"type":"next"}', None),
        ('{"type":"next","id":7}', None),
        ('{"type":"dance","id":"c9"}', "c9"),
        ('{"type":"item","id":"c9","number":"二"}', "c9"),
        ('{"type":"search","id":"c9"}', "c9"),
        ('{"type":"hello","id":"c9"}', "c9"),
    ],
)
def test_broken_command_is_answered_with_its_id_and_the_talk_goes_on(data: str, command_id: str | None) -> None:
    conversation = talk()
    assert refused(conversation.receive(data)) == ("bad_command", command_id, None)
    assert isinstance(conversation.receive('{"type":"search","id":"1","query":"𠮷〇"}'), Asked)


@given(st.text(max_size=200) | st.binary(max_size=200))
def test_nothing_a_client_sends_raises(data: str | bytes) -> None:
    for conversation in (Conversation(role_of), talk()):
        assert isinstance(conversation.receive(data), Joined | Asked | Refused)


def drain(outbox: Outbox) -> list[bytes]:
    found = []
    while (body := outbox.take()) is not None:
        found.append(body)
    return found


def test_a_waiting_partial_is_replaced_and_events_go_first() -> None:
    outbox = Outbox()
    for body in (b"p1", b"p2", b"p3"):
        outbox.put_passing("partial", body)
    outbox.put_passing("status", b"s1")
    outbox.put_event(1, b"e1")
    assert drain(outbox) == [b"e1", b"p3", b"s1"]


def test_a_final_takes_its_partial_back() -> None:
    outbox = Outbox()
    outbox.put_passing("partial", b"p")
    outbox.forget("partial")
    outbox.forget("partial")
    assert drain(outbox) == []


def test_a_client_that_reads_nothing_is_marked_and_costs_no_memory() -> None:
    outbox = Outbox()
    for seq in range(1, MAX_WAITING_EVENTS + 1):
        outbox.put_event(seq, b"e")
    assert not outbox.too_slow
    outbox.put_passing("partial", b"p")
    outbox.put_event(MAX_WAITING_EVENTS + 1, b"e")
    outbox.put_passing("partial", b"p")
    assert outbox.too_slow and drain(outbox) == []


def test_what_a_long_replay_has_delivered_does_not_make_a_client_slow() -> None:
    outbox = Outbox()
    for seq in range(1, 3 * MAX_WAITING_EVENTS):
        outbox.put_event(seq, str(seq).encode())
        if seq % 500 == 0:
            outbox.start_after(seq)
    assert not outbox.too_slow
    last = 3 * MAX_WAITING_EVENTS - 1
    assert [int(body) for body in drain(outbox)] == list(range(last - last % 500 + 1, last + 1))


@given(st.data())
def test_any_interleaving_gives_each_event_once_in_order(data: st.DataObject) -> None:
    """Events are put in order of seq; a replay delivers from the log; both together miss nothing, repeat nothing."""
    outbox, got, put, replayed = Outbox(), list[int](), 0, 0
    for step in data.draw(st.lists(st.sampled_from(["put", "take", "replay", "passing"]), max_size=80)):
        if step == "put":
            put += 1
            outbox.put_event(put, str(put).encode())
        elif step == "passing":
            outbox.put_passing("status", b"0")
        elif step == "take":
            body = outbox.take()
            got += [int(body)] if body not in (None, b"0") else []
        elif not got or replayed == got[-1]:
            # As the server does it: replay comes before the first take, from the log, which may be ahead of the hub.
            upto = put + data.draw(st.integers(0, 3))
            got += range(replayed + 1, upto + 1)
            replayed = max(replayed, upto)
            outbox.start_after(replayed)
            for seq in range(put + 1, upto + 1):
                outbox.put_event(seq, str(seq).encode())
            put = upto
    got += [int(body) for body in drain(outbox) if body != b"0"]
    assert got == list(range(1, put + 1))


def lines(name: str) -> list[tuple[str, dict[str, Any]]]:
    text = (WIRE / name).read_text(encoding="utf-8")
    return [(line, json.loads(line)) for line in text.splitlines()]


def test_nothing_that_passes_comes_behind_the_end() -> None:
    outbox = Outbox()
    outbox.put_passing("status", b"late")
    outbox.put_event(1, b"end")
    outbox.finish()
    outbox.put_passing("status", b"later")
    assert [outbox.take(), outbox.take()] == [b"end", None]


def holds(now: Any, was: Any) -> bool:
    """Whether everything that was there still is, at every depth; more may have come."""
    if isinstance(was, dict):
        return isinstance(now, dict) and all(key in now and holds(now[key], was[key]) for key in was)
    if isinstance(was, list):
        return isinstance(now, list) and len(now) == len(was) and all(map(holds, now, was))
    return bool(now == was)


def kinds(union: Any) -> set[str]:
    return {str(kind.__struct_config__.tag) for kind in union.__args__}


@pytest.mark.parametrize(
    ("name", "union"),
    [
        ("events.json", StoredEvent),
        ("messages.json", ServerMessage),
        ("commands.json", ClientCommand),
        ("hello.json", Hello),
    ],
)
def test_every_line_that_was_ever_on_the_wire_is_still_understood(name: str, union: Any) -> None:
    """A line is never changed or taken out of these files; a new kind or field gets a new line."""
    for line, was in lines(name):
        now = json.loads(msgspec.json.encode(msgspec.json.decode(line, type=union)))
        assert holds(now, was)


def test_every_kind_has_its_line() -> None:
    assert {was["type"] for _, was in lines("events.json")} == kinds(StoredEvent)
    assert {was["type"] for _, was in lines("messages.json")} == kinds(ServerMessage)
    assert {was["type"] for _, was in lines("commands.json")} == kinds(ClientCommand)


def test_fields_that_come_later_are_ignored() -> None:
    for line, _ in lines("events.json"):
        grown = line[:-1] + ',"later":{"x":[1,"𠮷"]}}'
        assert isinstance(msgspec.json.decode(grown, type=StoredEvent), Event)
    for line, _ in lines("messages.json"):
        assert isinstance(msgspec.json.decode(line[:-1] + ',"later":1}', type=ServerMessage), Message)


def test_search_asks_by_date_and_unit() -> None:
    data = (
        '{"type":"search","id":"1","query":"用房","kind":["minutes"],"date_from":"2024","unit":"资产处","limit":3}'
    )
    wanted = Search(id="1", query="用房", kind=("minutes",), date_from="2024", unit="资产处", limit=3)
    assert talk().receive(data) == Asked(wanted)
