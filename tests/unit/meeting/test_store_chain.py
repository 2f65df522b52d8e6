"""The chain of events: whatever is changed, removed, added or moved behind its back, the first such place is told."""

import hashlib
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, text

from meeting.store.chain import ChainFault, Head, Link, chain, first_fault
from meeting.store.log import EventLog
from meeting.store.projections import first_difference
from tests.unit.meeting.store_homes import new_log, opened, said

AT = "2026-03-09T01:00:00.123+00:00"


def links_of(bodies: list[bytes]) -> tuple[list[Link], Head]:
    links, before = list[Link](), ""
    for seq, body in enumerate(bodies, 1):
        before = chain(before, "m", seq, AT, body)
        links.append(Link(seq, AT, body, before))
    return links, Head(len(bodies), before)


def test_hash_is_what_the_document_says() -> None:
    told = (
        b'["' + b"ab" * 32 + b'","20260309-abcd",7,"2026-03-09T01:00:00.123+00:00"]\n{"text":"\xf0\xa0\xae\xb7"}'
    )
    found = chain("ab" * 32, "20260309-abcd", 7, AT, '{"text":"𠮷"}'.encode())
    assert found == hashlib.sha256(told).hexdigest()


def test_whole_chain_has_no_fault() -> None:
    assert first_fault("m", [], Head()) is None
    links, head = links_of([b"1", b"2", "𠮷".encode()])
    assert first_fault("m", links, head) is None


def test_chain_is_of_its_meeting() -> None:
    links, head = links_of([b"1"])
    assert first_fault("other", links, head) == ChainFault(1, "changed")


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_first_place_that_differs_is_told(data: st.DataObject) -> None:
    bodies = data.draw(st.lists(st.binary(max_size=6), min_size=1, max_size=8))
    links, head = links_of(bodies)
    place = data.draw(st.integers(0, len(links) - 1))
    kind = data.draw(st.sampled_from(["body", "at", "hash", "remove", "cut", "swap", "insert", "append"]))
    one = links[place]
    expected: ChainFault | None = ChainFault(place + 1, "changed")
    match kind:
        case "body":
            links[place] = one._replace(body=one.body + b"!")
        case "at":
            links[place] = one._replace(at="2026-03-09T02:00:00.123+00:00")
        case "hash":
            links[place] = one._replace(hash="0" * 64)
        case "remove":
            del links[place]
            expected = ChainFault(place + 1, "removed")
        case "cut":
            del links[place:]
            expected = ChainFault(place + 1, "removed")
        case "swap":
            other = data.draw(st.integers(0, len(links) - 1))
            links[place], links[other] = (
                links[other]._replace(seq=place + 1),
                links[place]._replace(seq=other + 1),
            )
            expected = ChainFault(min(place, other) + 1, "changed") if place != other else None
        case "insert":
            # What stood there and after it moves up by one.
            fresh = Link(place + 1, AT, b"forged", chain(links[place - 1].hash if place else "", "m", 1, AT, b"f"))
            links[place:] = [fresh, *(later._replace(seq=later.seq + 1) for later in links[place:])]
        case "append":
            links.append(Link(len(links) + 1, AT, b"f", chain(head.hash, "m", len(links) + 1, AT, b"f")))
            expected = ChainFault(len(links), "added")
    assert first_fault("m", links, head) == expected


def test_chain_written_anew_does_not_end_where_the_meeting_knows_it_to() -> None:
    _, head = links_of([b"1", b"2"])
    forged, _ = links_of([b"1", b"3"])
    assert first_fault("m", forged, head) == ChainFault(2, "changed")


@pytest.fixture
def engine(store_url: str) -> Iterator[Engine]:
    with opened(store_url) as engine:
        yield engine


@pytest.fixture
def log(engine: Engine) -> EventLog:
    log = new_log(engine)
    log.append([said(1), said(2, "𠮷野家〇。")])
    log.append([said(1, "原则同意。", rev=2)])
    log.append([said(3)])
    return log


def test_log_is_whole_as_written_and_says_its_newest(log: EventLog) -> None:
    (stored,) = log.append([said(4)])
    assert log.verify() is None
    assert log.newest() == Head(5, stored.hash)
    assert log.append([]) == [] and log.newest() == Head(5, stored.hash)


@pytest.mark.parametrize(
    ("statement", "fault"),
    [
        ("UPDATE events SET body = replace(body, '野', '也') WHERE seq = 2", ChainFault(2, "changed")),
        ("UPDATE events SET at = '2026-03-09T01:00:00.000+00:00' WHERE seq = 3", ChainFault(3, "changed")),
        ("DELETE FROM events WHERE seq = 1", ChainFault(1, "removed")),
        ("DELETE FROM events WHERE seq >= 3", ChainFault(3, "removed")),
        ("UPDATE events SET seq = 9 WHERE seq = 4", ChainFault(9, "added")),
        ("UPDATE events SET hash = '' WHERE seq = 4", ChainFault(4, "changed")),
    ],
)
def test_change_behind_the_logs_back_is_told(
    engine: Engine, log: EventLog, statement: str, fault: ChainFault
) -> None:
    with engine.begin() as connection:
        connection.execute(text(statement))
    assert log.verify() == fault


def projected(log: EventLog) -> tuple[str, str] | None:
    with log.moment() as moment:
        bodies = [link.body for link in moment.links()]
        stored = moment.projections()
    return first_difference(zip(log.all(), bodies, strict=True), stored)


@pytest.mark.parametrize(
    ("statement", "place"),
    [
        ("UPDATE segments SET body = replace(body, '野', '也') WHERE segment_id = 's2'", ("segments", "s2")),
        ("DELETE FROM segments WHERE segment_id = 's3'", ("segments", "s3")),
        ("UPDATE segments SET seq = 1 WHERE segment_id = 's1'", ("segments", "s1")),
    ],
)
def test_projection_that_is_not_its_events_is_told(
    engine: Engine, log: EventLog, statement: str, place: tuple[str, str]
) -> None:
    assert projected(log) is None
    with engine.begin() as connection:
        connection.execute(text(statement))
    assert (log.verify(), projected(log)) == (None, place)


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    batches=st.lists(st.lists(st.tuples(st.integers(0, 3), st.integers(1, 3)), max_size=3), max_size=6),
    reopened=st.lists(st.booleans(), min_size=6, max_size=6),
)
def test_chain_holds_over_any_order_of_appending_refusing_and_opening_again(
    store_url: str, batches: list[list[tuple[int, int]]], reopened: list[bool]
) -> None:
    with opened(store_url) as engine:
        log = new_log(engine)
    for batch, anew in zip(batches, reopened, strict=False):
        with opened(store_url) as engine:
            log = EventLog(engine, log._id)
            log.append([said(number, rev=rev) for number, rev in batch])
            if anew:
                assert log.append([said(9)], after=log.last_seq() + 1) == []
    with opened(store_url) as engine:
        log = EventLog(engine, log._id)
        assert log.verify() is None and log.last_seq() == sum(map(len, batches)) and projected(log) is None
