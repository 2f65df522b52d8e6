"""With which words which utterance is heard: by where it begins, whenever the words became known here. Pure."""

from bisect import bisect_right, insort

from asr.decoding import Manner

_KEPT = 20
"""Whoever resumes recognition is told again what holds from there on."""


class Manners:
    """One manner holds from its beginning to that of the next; positions are samples."""

    def __init__(self, first: Manner) -> None:
        self._begun = [0]
        self._manners = {0: first}

    def hold(self, manner: Manner, from_sample: int) -> None:
        """From `from_sample` on it is `manner`, in the place of what was to hold from just there."""
        if from_sample not in self._manners:
            insort(self._begun, from_sample)
        self._manners[from_sample] = manner
        for forgotten in self._begun[:-_KEPT]:
            del self._manners[forgotten]
        self._begun = self._begun[-_KEPT:]

    def at(self, sample: int) -> Manner:
        """What holds for an utterance that begins at `sample`."""
        return self._manners[self._begun[max(0, bisect_right(self._begun, sample) - 1)]]
