"""What can be searched, whatever it is made of."""

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from search.columns import Columns, Mask
from search.documents import Document, Passage
from search.pinyin import Characters
from search.sounding import RunningText

Places = NDArray[np.int64]
Floats = NDArray[np.float32]
Postings = tuple[Places, Floats]
NOWHERE: Postings = (np.empty(0, np.int64), np.empty(0, np.float32))


class Source(Protocol):
    """Passages that can be searched: the archive, or the meeting that is running."""

    @property
    def columns(self) -> Columns: ...
    def find(self, text: str) -> Postings: ...
    def folded(self, place: int) -> str: ...
    def passage(self, place: int) -> Passage: ...
    def document(self, doc: int) -> Document: ...
    def running(self) -> RunningText: ...
    def sounding(self, sounds: Sequence[Characters], among: Mask) -> dict[str, int]: ...
