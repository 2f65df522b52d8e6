"""What was being talked about when: a sentence that is decoded late is judged by its own moment. Pure."""

from bisect import bisect_right

from asr.text.lexicon import Situation

_KEPT = 50


class Situations:
    """One situation holds from its beginning to that of the next; positions are samples."""

    def __init__(self, first: Situation) -> None:
        self._begun = [0]
        self._situations = [first]

    def begin(self, sample: int, situation: Situation) -> None:
        """From `sample` on it is `situation`; told in the order of the samples."""
        if situation != self._situations[-1]:
            self._begun = [*self._begun, sample][-_KEPT:]
            self._situations = [*self._situations, situation][-_KEPT:]

    def at(self, sample: int) -> Situation:
        """What held at `sample`."""
        return self._situations[max(0, bisect_right(self._begun, sample) - 1)]
