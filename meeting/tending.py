"""Puts the index right beside everything else: searches answer meanwhile, from what it holds by then."""

import logging
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from threading import Event, Lock, Thread

from meeting.leisure import Leisure
from search.backend import SearchBackend
from search.documents import Document
from search.errors import IndexDamaged, SearchError

log = logging.getLogger(__name__)

_AT_ONCE = 200
_ENOUGH_TRIES = 3
_PATIENCE_S = 2.0
_AGAIN_S, _AGAIN_AT_MOST_S = 30.0, 3600.0
"""How long after a fold that failed another is tried: longer each time."""
_TOO_MUCH = 5000
"""Passages that searches look through in a few milliseconds; more of them do not wait for leisure."""


class _Stopped(Exception):
    """The program ends."""


class Tending:
    """Looks after the index in a thread that no program waits for at its end: killed, the next one does it again.

    `documents` are all that it should hold, `expected` is how many; decisions come with what they stand in, uncounted.
    `fold` does the costly part elsewhere and tells whether it came to its end before the event was set. It waits for
    `leisure`, unless too much has come together; what waits is found all the same.
    """

    def __init__(
        self,
        index: SearchBackend,
        documents: Callable[[], Iterable[Document]],
        expected: Callable[[], int],
        fold: Callable[[Event], bool],
        leisure: Leisure,
    ) -> None:
        self._leisure = leisure
        self._index, self._documents, self._expected, self._fold_apart = index, documents, expected, fold
        self._lock = Lock()
        self._waiting: list[Document] = []
        self._done = False
        self._stop, self._wanted = Event(), Event()
        self._thread = Thread(target=self._run, name="index", daemon=True)

    def start(self) -> None:
        """Begins; returns at once."""
        self._thread.start()

    def stop(self) -> None:
        """Leaves off where that is soon possible; what is not done is found by the next program."""
        self._stop.set()
        self._wanted.set()
        self._thread.join(_PATIENCE_S)

    def later(self, documents: list[Document]) -> bool:
        """Has them put in at the end, so that nobody waits for a long work; False when that is over already."""
        with self._lock:
            if not self._done:
                self._waiting += documents
            return not self._done

    def fold_soon(self) -> None:
        """Has what was put in since brought into the index's terms when there is leisure; returns at once."""
        self._wanted.set()

    def _run(self) -> None:
        self._begin()
        again_s = _AGAIN_S
        while self._wanted.wait() and not self._stop.is_set():
            try:
                self._fold_at_leisure()
                again_s = _AGAIN_S
            except SearchError as error:
                # It is found all the same; who fails because of a disk or another program may not fail later.
                log.warning("index: %s", error)
                self._stop.wait(again_s)
                again_s = min(again_s * 2, _AGAIN_AT_MOST_S)
                self._wanted.set()

    def _fold_at_leisure(self) -> None:
        try:
            goes_on = self._leisure.wait(self._stop, self._is_too_much)
        finally:
            # What comes from now on is for another fold.
            self._wanted.clear()
        if goes_on:
            self._fold_apart(self._stop)

    def _is_too_much(self) -> bool:
        return self._index.pending() >= _TOO_MUCH

    def _begin(self) -> None:
        try:
            self._put_right()
            self._index.warm()
        except _Stopped:
            log.info("the index is put right by the next program")
        except SearchError as error:
            log.warning("index: %s", error)
        except Exception:
            # The top of a thread. Its program may just be closing the records under it.
            log.exception("the index could not be put right")
        finally:
            self._finish()

    def _put_right(self) -> None:
        try:
            self._complete()
        except IndexDamaged:
            # Not even its database can be read whole.
            self._index.rebuild(self._each())

    def _complete(self) -> None:
        if self._index.read_only():
            log.warning("the index cannot be written; searches answer from what it holds")
            return
        if self._index.count() == 0 and self._expected():
            # The index of a home is new, or was begun anew: what is put in is found at once.
            documents = self._each()
            while some := list(islice(documents, _AT_ONCE)):
                self._index.replace(some, fold=False)
        # Whether each byte of the terms is right is looked at by the first fold: what comes meanwhile is found at once.
        self._wanted.set()
        for _ in range(_ENOUGH_TRIES):
            self._put_waiting()
            if not self._index.lacking() and self._index.count(without="decision") == self._expected():
                return
            # An older program made it, or one died between the records and the index: it answers until it is replaced.
            self._index.rebuild(self._each())

    def _each(self) -> Iterator[Document]:
        for document in self._documents():
            if self._stop.is_set():
                raise _Stopped
            yield document

    def _put_waiting(self) -> None:
        with self._lock:
            some, self._waiting = self._waiting, []
        if some:
            self._index.replace(some, fold=False)
            self._wanted.set()

    def _finish(self) -> None:
        while True:
            try:
                self._put_waiting()
            except SearchError as error:
                log.warning("index: %s", error)
            with self._lock:
                self._done = not self._waiting
                if self._done:
                    return
