"""Which utterances end every recognizer that decodes them: left out, so that what comes after them is heard. Pure."""

from collections import Counter

from asr.results import Final

DEATHS = 3
"""Over one utterance: it is no chance then, and no machine that was short of memory for a moment."""
_ENOUGH_LEFT_OUT = 3
"""One after the other: then it is not the sound."""


class Deadly:
    """Tell it what each recognizer died over, and what was heard. `left_out`: where the utterances begin."""

    def __init__(self) -> None:
        self.left_out: tuple[int, ...] = ()
        self._deaths = Counter[int]()
        self._in_a_row = 0

    def died(self, asked: int | None) -> bool:
        """A recognizer has died while it decoded the utterance that begins at `asked`, or over none.

        Returns whether there is hope in another one: it leaves the utterance out, or soon one will.
        """
        if asked is None or self._in_a_row >= _ENOUGH_LEFT_OUT:
            return False
        self._deaths[asked] += 1
        if self._deaths[asked] == DEATHS:
            self.left_out += (asked,)
        return True

    def heard(self, final: Final) -> None:
        """An utterance has its text, or was left out."""
        self._in_a_row = self._in_a_row + 1 if final.undecoded else 0
        self._deaths.pop(final.start_sample, None)
