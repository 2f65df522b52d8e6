"""What a grant may do and see, without a socket: commands, meetings, tokens, waits, grades."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from meeting.access.errors import GradeUnreadable, LifetimeUnfit, TokenUnknown
from meeting.access.gate import Gate
from meeting.access.grade import closed_to_networks, declared_grade
from meeting.access.grant import CLEARANCE, OWNER, ROLES, Grant, rank
from meeting.access.lifetime import lifetime
from meeting.access.permissions import ASKING, ROLE_COMMANDS, may, opens
from meeting.access.tokens import Tokens
from meeting.access.view import View
from meeting.domain.agenda import CLASSIFICATIONS
from meeting.domain.events import Action, AgendaChanged, Decision, Event, ItemEntry, ItemMoved, Segment, Sharing
from meeting.stream.guard import host_name, same_site
from meeting.stream.penalties import MOST_ADDRESSES, Penalties
from tests.unit.meeting.store_homes import opened, url_of

ITEMS = (
    ItemEntry(item_id="i1", number=1, title="公开的", state="scheduled", classification="公开"),
    ItemEntry(item_id="i2", number=2, title="秘密的", state="scheduled", classification="秘密"),
    ItemEntry(item_id="i3", number=3, title="秘密的一部分", state="scheduled", classification="公开", parent=2),
)


def said(number: int, item: str | None, rev: int = 1, text: str = "话𠮷") -> Segment:
    return Segment(segment_id=f"s{number}", rev=rev, item_id=item, start_ms=number, end_ms=number + 1, text=text)


def test_a_token_is_128_random_bits_of_which_only_the_hash_is_kept(tmp_path: Path) -> None:
    with opened(url_of(tmp_path)) as engine:
        tokens = Tokens(engine)
        token, listed = tokens.make(Grant(role="participant", clearance="内部", name="李梅", meeting="m", item=2))
        assert len(bytes.fromhex(token)) * 8 == 128
        known = Grant(role="participant", clearance="内部", name="李梅", meeting="m", item=2, token=listed.id)
        assert tokens.grant_of(token) == known and [one.grant for one in tokens.all()] == [known]
    stored = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert listed.id.encode() in stored and token.encode() not in stored


def test_tokens_end_by_time_and_by_hand(tmp_path: Path) -> None:
    now = [datetime(2026, 3, 9, 9, tzinfo=UTC)]
    with opened(url_of(tmp_path)) as engine:
        tokens = Tokens(engine, lambda: now[0])
        short, _ = tokens.make(OWNER, timedelta(hours=8))
        lasting, listed = tokens.make(OWNER)
        now[0] += timedelta(hours=7, minutes=59)
        assert tokens.grant_of(short) is not None
        now[0] += timedelta(minutes=1)
        assert tokens.grant_of(short) is None and tokens.standing() == {listed.id: None}
        tokens.revoke(listed.id)
        tokens.revoke(listed.id)
        assert tokens.grant_of(lasting) is None and tokens.standing() == {}
        with pytest.raises(TokenUnknown):
            tokens.revoke("nothing")
        assert tokens.grant_of("") is None and tokens.grant_of("\ud800") is None


def test_only_the_secretary_changes_anything() -> None:
    for role in ROLES:
        grant = Grant(role=role, clearance=CLEARANCE[role])
        known = {command for command in ROLE_COMMANDS["secretary"] if may(grant, command)}
        assert known == ROLE_COMMANDS["secretary"] if role == "secretary" else "search" in known <= ASKING
    one_item = Grant(role="secretary", clearance="绝密", meeting="m", item=1)
    assert {command for command in ROLE_COMMANDS["secretary"] if may(one_item, command)} <= ASKING


@pytest.mark.parametrize(
    ("grant", "running", "past"),
    [
        (Grant(role="secretary", clearance="绝密"), True, True),
        (Grant(role="archivist", clearance="内部"), True, True),
        (Grant(role="display", clearance="内部"), True, False),
        (Grant(role="participant", clearance="内部"), True, False),
        (Grant(role="participant", clearance="内部", meeting="m"), True, True),
        (Grant(role="participant", clearance="内部", meeting="other"), False, False),
        (Grant(role="archivist", clearance="内部", body="别的会"), False, False),
        (Grant(role="archivist", clearance="公开"), False, False),
    ],
)
def test_which_meetings_a_grant_opens(grant: Grant, running: bool, past: bool) -> None:
    assert opens(grant, "m", "局长办公会", "内部", running=True) is running
    assert opens(grant, "m", "局长办公会", "内部", running=False) is past


def test_item_below_a_hidden_one_is_hidden_and_a_scope_shows_its_item_alone() -> None:
    gate = Gate(ITEMS, None, False)
    shown = View(gate, Grant(role="archivist", clearance="内部")).shown(AgendaChanged(items=ITEMS))
    assert shown is not None and [one.number for one in shown.items] == [1]
    narrow = View(gate, Grant(role="secretary", clearance="绝密", item=2)).shown(AgendaChanged(items=ITEMS))
    assert narrow is not None and [one.number for one in narrow.items] == [2, 3]


def test_decision_or_action_on_a_hidden_item_is_hidden_with_what_follows_from_it() -> None:
    gate = Gate(ITEMS, None, False)
    view = View(gate, Grant(role="display", clearance="内部"))
    events: list[Event] = [
        Decision(decision_id="d1", rev=1, item_ids=("i1", "i2"), outcome="通过", by="王芳"),
        Action(action_id="a1", rev=1, text="办", by="王芳", decision_id="d1"),
        Action(action_id="a2", rev=1, text="办", by="王芳", item_id="i1"),
    ]
    seen = []
    for event in events:
        gate.take(event)
        seen.append(view.sees(event))
    assert seen == [False, False, True]


@given(st.lists(st.tuples(st.integers(0, 3), st.sampled_from(["i1", "i2", None]), st.booleans()), max_size=30))
def test_no_text_of_a_hidden_item_is_ever_shown_and_nothing_stays_that_went_there(
    steps: list[tuple[int, str | None, bool]],
) -> None:
    gate = Gate(ITEMS, None, False)
    view = View(gate, Grant(role="participant", clearance="公开"))
    gate.take(Sharing(audience="participants", transcript=True, by="王芳"))
    revs: dict[int, int] = {}
    stored: dict[int, tuple[str | None, str]] = {}
    screen: dict[str, str] = {}
    for number, item, removed in steps:
        revs[number] = revs.get(number, 0) + 1
        text = "" if removed else f"{item}的第{revs[number]}稿"
        event = said(number, item, revs[number], text)
        stored[number] = (item, text)
        gate.take(event)
        shown = view.shown(event)
        if shown is not None:
            assert "i2" not in shown.text and shown.item_id != "i2"
            screen[shown.segment_id] = shown.text
    assert {key: text for key, text in screen.items() if text} == {
        f"s{number}": text for number, (item, text) in stored.items() if text and item != "i2"
    }


def test_what_was_first_said_in_a_hidden_item_stays_hidden_when_it_moves_to_an_open_one() -> None:
    gate = Gate(ITEMS, None, False)
    view = View(gate, Grant(role="archivist", clearance="内部"))
    gate.closed = True
    told: list[Event] = [
        said(1, "i2", 1, "秘密的话"),
        said(1, "i1", 2, "公开的话"),
        Decision(decision_id="d1", rev=1, item_ids=("i2",), outcome="通过", resolution_text="秘密", by="王芳"),
        Decision(decision_id="d1", rev=2, item_ids=("i1",), outcome="通过", resolution_text="公开", by="王芳"),
        Action(action_id="a1", rev=1, text="秘密地办", by="王芳", item_id="i2"),
        Action(action_id="a1", rev=2, text="公开地办", by="王芳", item_id="i1"),
    ]
    for event in told:
        gate.take(event)
    # Told again from the beginning, as to who joins late.
    assert [view.sees(event) for event in told] == [False, True] * 3
    assert "秘密" not in str([view.shown(event) for event in told])


def test_equal_views_are_one() -> None:
    gate, other = Gate(ITEMS, None, False), Gate(ITEMS, None, False)
    one = Grant(role="participant", clearance="内部", token="a")
    same = Grant(role="participant", clearance="内部", token="b", name="李梅")
    assert View(gate, one) == View(gate, same) and len({View(gate, one), View(gate, same), View(other, one)}) == 2
    assert View(gate, OWNER).full and View(gate, OWNER).shown(event := said(1, "i2")) is event


def test_change_of_a_grade_or_a_switch_calls_for_a_new_snapshot() -> None:
    gate = Gate(ITEMS, None, False)
    assert not gate.take(AgendaChanged(items=ITEMS))
    raised = tuple(replace(item, classification="机密") for item in ITEMS)
    assert gate.take(AgendaChanged(items=raised))
    assert gate.take(Sharing(audience="display", transcript=True, by="王芳"))
    assert not gate.take(Sharing(audience="display", transcript=True, by="王芳"))
    view = View(gate, Grant(role="display", clearance="内部"))
    moved = ItemMoved(item_id="i1", number=1, state="ongoing", by="王芳")
    assert view.unbroken([moved]) and not view.unbroken([AgendaChanged(items=ITEMS)])


def test_classifications_are_in_order_and_an_unknown_one_is_above_all() -> None:
    assert [rank(one) for one in CLASSIFICATIONS] == [0, 1, 2, 3, 4]
    assert rank("") == rank("内部") and rank("特级") > rank("绝密")


@pytest.mark.parametrize(("given", "hours"), [("8h", 8), ("90m", 1.5), ("7d", 168), (" 8H ", 8)])
def test_lifetimes_are_read(given: str, hours: float) -> None:
    assert lifetime(given) == timedelta(hours=hours)


@pytest.mark.parametrize("given", ["", "8", "h", "0h", "-8h", "8w", "８h", "8 h", "999999d"])
def test_no_lifetime_is_refused(given: str) -> None:
    with pytest.raises(LifetimeUnfit):
        lifetime(given)


def test_wrong_tokens_wait_longer_each_time_and_are_forgotten() -> None:
    now = [0.0]
    penalties = Penalties(lambda: now[0])
    waits = []
    for _ in range(8):
        penalties.add("10.0.0.7")
        waits.append(penalties.wait_s("10.0.0.7"))
    assert waits == [0, 0, 0, 1, 2, 4, 8, 16] and penalties.wait_s("10.0.0.8") == 0
    for _ in range(2_000):
        penalties.add("10.0.0.7")
    assert penalties.wait_s("10.0.0.7") == 300
    now[0] = 10_000
    assert penalties.wait_s("10.0.0.7") == 0
    for number in range(MOST_ADDRESSES + 50):
        penalties.add(str(number))
    assert len(penalties) == MOST_ADDRESSES


def test_grade_is_the_administrators(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    config = tmp_path / "config.toml"
    monkeypatch.setenv("MEETING_CONFIG", str(config))
    assert declared_grade() is None
    config.write_text('grade = "机密"\n', encoding="utf-8")
    assert declared_grade() == "机密" and closed_to_networks("机密") and not closed_to_networks("内部")
    for wrong in ('grade = "高"', "grade = ", "grade = 3"):
        config.write_text(wrong, encoding="utf-8")
        with pytest.raises(GradeUnreadable):
            declared_grade()


@pytest.mark.parametrize(
    ("origin", "host", "same"),
    [
        ("http://127.0.0.1:8123", "127.0.0.1:8123", True),
        ("http://127.0.0.1:8124", "127.0.0.1:8123", False),
        ("null", "127.0.0.1:8123", False),
        ("https://evil.example", "127.0.0.1:8123", False),
        ("http://[", "127.0.0.1", False),
        ("file:///x", "", False),
    ],
)
def test_pages_of_other_sites_are_known(origin: str, host: str, same: bool) -> None:
    assert same_site(origin, host) is same


def test_host_names_are_read() -> None:
    assert [host_name(one) for one in ("LocalHost:80", "[::1]:80", "127.0.0.1", "", "[")] == [
        "localhost",
        "::1",
        "127.0.0.1",
        "",
        "",
    ]
