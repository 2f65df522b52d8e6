"""Any history of the event log, with crashes between, inside and amid the writing of transactions, loses nothing."""

import shutil
import tempfile
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, event

from meeting.domain.events import Decision, End, Event, Gap, ItemMoved
from meeting.store.engine import open_engine
from meeting.store.integrity import check_store
from meeting.store.log import EventLog, Stored
from meeting.store.meetings import Meetings
from tests.unit.meeting.store_homes import AGENDA, said, url_of

# Long enough that a transaction fills several pages, with every kind of character.
texts = st.text(st.characters(codec="utf-8"), max_size=6).map(lambda text: (text or "同意𠮷。") * 60)
facts = st.one_of(
    st.builds(said, number=st.integers(0, 9), text=texts, rev=st.integers(1, 3)),
    st.builds(Gap, start_ms=st.integers(0, 9), end_ms=st.integers(10, 99), reason=st.just("recorder_restart")),
    st.builds(
        Decision,
        decision_id=st.sampled_from("ab"),
        rev=st.integers(1, 3),
        item_ids=st.just(("i1",)),
        outcome=st.just("原则通过"),
        by=st.just("王芳"),
    ),
    st.just(ItemMoved(item_id="i2", number=2, state="ongoing", by="阿依古丽·买买提")),
    st.just(End(reason="stopped")),
)
batches = st.lists(facts, max_size=4)
steps = st.lists(
    st.one_of(
        st.tuples(st.just("append"), batches, st.just(0)),
        st.tuples(st.just("reopen"), st.just([]), st.just(0)),
        st.tuples(st.just("checkpoint"), st.just([]), st.just(0)),
        st.tuples(st.just("crash"), st.just([]), st.just(0)),
        st.tuples(st.just("crash inside"), batches, st.integers(1, 12)),
        st.tuples(st.just("crash in commit"), batches, st.integers(0, 1000)),
    ),
    max_size=10,
)


class Killed(Exception):
    """The process ends here."""


class History:
    """A log, its files moved on to a new folder by each crash as a dead process leaves them, and what it promised."""

    def __init__(self, folder: Path) -> None:
        self._root = folder
        self._folders = 0
        self._folder = self._next_folder()
        self._engine = opened(self._folder)
        self._id = Meetings(self._engine).add(AGENDA)
        self.log = EventLog(self._engine, self._id)
        self.stored: list[Stored] = []
        self.cut = 0

    def close(self) -> None:
        self._engine.dispose()

    def do(self, step: str, batch: list[Event], amount: int) -> None:
        match step:
            case "append":
                self._append(batch)
            case "reopen":
                self._go_on_in(self._folder)
            case "checkpoint":
                with self._engine.connect() as connection:
                    connection.exec_driver_sql("PRAGMA wal_checkpoint(PASSIVE)")
            case "crash":
                self._go_on_in(self._copy())
            case "crash inside":
                self._crash_inside(batch, amount)
            case _:
                self._crash_in_commit(batch, amount)
        self.agree()

    def agree(self) -> None:
        """What was acknowledged is there to the byte, in order, and nothing else; all that is drawn from it fits."""
        assert self.log.after(0) == [one.body for one in self.stored]
        assert [one.seq for one in self.log.all()] == list(range(1, len(self.stored) + 1))
        assert self.log.verify() is None
        assert self.log.newest().hash == (self.stored[-1].hash if self.stored else "")
        meeting = Meetings(self._engine).get(self._id)
        ended = any(isinstance(one.event, End) for one in self.stored)
        assert (meeting.cut_sample, meeting.state) == (self.cut, "closed" if ended else "scheduled")
        assert self.log.state().seq == len(self.stored)
        check_store(self._engine)

    def _append(self, batch: list[Event]) -> None:
        self.stored += self.log.append(batch, cut_sample=self.cut + 1)
        self.cut += 1

    def _crash_inside(self, batch: list[Event], statement: int) -> None:
        """Dies after some statement of a transaction, which is then as if it had never begun."""
        copies: list[Path] = []
        left = [statement]

        def die(*_: object) -> None:
            left[0] -= 1
            if not left[0]:
                copies.append(self._copy())
                raise Killed

        event.listen(self._engine, "after_cursor_execute", die)
        try:
            self.stored += self.log.append(batch, cut_sample=self.cut + 1)
            self.cut += 1
        except Killed:
            self._go_on_in(copies[0])
        else:
            event.remove(self._engine, "after_cursor_execute", die)

    def _crash_in_commit(self, batch: list[Event], permille: int) -> None:
        """The power goes while the commit is written: the transaction is whole or not there, all before it stands."""
        before = wal_of(self._folder)
        shutil.copy(self._folder / "meeting.db", self._root / "before.db")
        after = self.log.append(batch, cut_sample=self.cut + 1)
        written = wal_of(self._folder)
        upto = len(written) * permille // 1000
        copy = self._copy()
        shutil.copy(self._root / "before.db", copy / "meeting.db")
        (copy / "meeting.db-wal").write_bytes(written[:upto] + before[upto:])
        self._go_on_in(copy)
        if Meetings(self._engine).get(self._id).cut_sample == self.cut + 1:
            self.stored += after
            self.cut += 1

    def _copy(self) -> Path:
        folder = self._next_folder()
        for name in ("meeting.db", "meeting.db-wal"):
            if (self._folder / name).exists():
                shutil.copy(self._folder / name, folder / name)
        return folder

    def _next_folder(self) -> Path:
        self._folders += 1
        folder = self._root / str(self._folders)
        folder.mkdir()
        return folder

    def _go_on_in(self, folder: Path) -> None:
        self._engine.dispose()
        self._folder = folder
        self._engine = opened(folder)
        self.log = EventLog(self._engine, self._id)


def opened(folder: Path) -> Engine:
    """With so small a cache that a transaction reaches the disk before its commit."""
    engine = open_engine(url_of(folder))
    event.listen(engine, "connect", lambda connection, _: connection.execute("PRAGMA cache_size=4").close())
    engine.dispose()
    return engine


def wal_of(folder: Path) -> bytes:
    path = folder / "meeting.db-wal"
    return path.read_bytes() if path.exists() else b""


@settings(deadline=None, max_examples=40, suppress_health_check=list(HealthCheck), print_blob=True)
@given(history=steps)
def test_any_history_of_the_log_is_a_whole_chain_of_what_was_acknowledged(
    history: list[tuple[str, list[Event], int]],
) -> None:
    with tempfile.TemporaryDirectory() as name:
        one = History(Path(name))
        try:
            for step, batch, amount in history:
                one.do(step, batch, amount)
        finally:
            one.close()
