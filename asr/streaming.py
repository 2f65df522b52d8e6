"""When to decode what, while people speak. No I/O, no clock, no model: state in, decisions out.

One decode runs at a time. A finished utterance comes before anything; a partial is made only when no finished one
waits, only of the newest sound, and never queued: so when the machine is slow, partials thin out by themselves and
stop before finals are late, and nothing is ever dropped.

A partial decodes only the end of the utterance that may still change. When that grows long, what lies before a
pause is decoded a last time and frozen, and the window begins anew there. Positions are samples at 16 kHz.
"""

import math
from collections import deque
from dataclasses import dataclass, field
from difflib import SequenceMatcher

from asr.segmenter import RATE_HZ, Ended, Segmenter, State


@dataclass(frozen=True, kw_only=True)
class Pace:
    """What partials and finals may cost. Seconds, unless said."""

    first_partial: float = 0.9
    """From the utterance's start, which lies 0.3 s before the voice."""
    step: float = 0.7
    """New voice between partials, at least, ..."""
    breath: float = 0.3
    """... and when the voice has stopped: the last words are not to wait for the final, ..."""
    breath_cost: float = 0.6
    """... unless it would wait longer for the partial than it takes to know that the utterance is over."""
    share: float = 0.45
    """Of the decoder's time that partials may take ..."""
    room: float = 0.65
    """... together with finals, which come first."""
    memory: float = 60.0
    """Over how much of the meeting the finals' share is taken."""
    freeze_after: float = 5.0
    """A window this long begins anew at the next pause ..."""
    freeze_anyway: float = 8.0
    """... and one this long at its quietest place."""
    freeze_keeps: float = 2.0
    """The window's ends, which are no place to freeze at."""
    final_beam: int = 5
    final_window: float = 15.0
    """At least. The encoder's cost grows faster than the window; a full one of 30 s heard nothing better."""
    long: float = 12.0
    """An utterance longer than this ..."""
    final_beam_long: int = 3
    """... has this beam: its text would be late otherwise."""
    hurry_after: float = 20.0
    """A final this late is decoded the cheap way until recognition has caught up."""
    hurry_beam: int = 1
    trailing: float = 3.0
    """Silence added to a short window; less makes the model loop."""


@dataclass(frozen=True, kw_only=True)
class DecodePartial:
    """Decode each of `windows` (start, end): with two, the first is to be frozen."""

    start: int
    revision: int
    windows: tuple[tuple[int, int], ...]
    pause: bool = False
    """Whether the frozen window ends at a pause."""
    beam_size: int = 1

    @property
    def end(self) -> int:
        """The newest sound decoded."""
        return self.windows[-1][1]


@dataclass(frozen=True, kw_only=True)
class DecodeFinal:
    """Decode a finished utterance for the record."""

    utterance: Ended
    beam_size: int
    window_s: float


Decision = DecodePartial | DecodeFinal


@dataclass(frozen=True, kw_only=True)
class Shown:
    """A partial text, of which the first `stable_chars` code points are not expected to change."""

    text: str
    stable_chars: int


@dataclass
class _Spoken:
    """The utterance that is being spoken."""

    start: int
    window_start: int
    decoded_to: int
    frozen: str = ""
    """Of the sound before the window."""
    newest: str = ""
    """Of the window, as it was last shown."""
    stable: int = 0
    """How much of `newest` will not be shown otherwise before the final."""
    revision: int = 0


@dataclass
class Policy:
    """Tell it what happens (`begun`, `ended`, `partial_done`, `final_done`) and ask it to `decide`."""

    pace: Pace = field(default_factory=Pace)
    waiting: deque[Ended] = field(default_factory=deque)
    busy: Decision | None = None
    _spoken: _Spoken | None = None
    _over: _Spoken | None = None
    _cost: float = 0.0
    _load: float = 0.0
    """The share of time that finals take nowadays."""
    _measured_to: int = 0
    _final_began: int | None = None

    def begun(self, start: int) -> None:
        """Somebody has begun to speak."""
        self._spoken = _Spoken(start, start, start)
        # While partials are too dear to be made, nothing else tells that they have become cheap again.
        self._cost *= 0.7

    def ended(self, utterance: Ended) -> None:
        """An utterance is complete: its final is owed."""
        # A partial of it that is still being decoded is worth showing until its final is.
        self._over, self._spoken = self._spoken, None
        self.waiting.append(utterance)

    @property
    def settled(self) -> bool:
        """Whether nothing is spoken, waiting or being decoded."""
        return self._spoken is None and not self.waiting and self.busy is None

    @property
    def owes(self) -> bool:
        """Whether a final is waiting or being decoded."""
        return bool(self.waiting) or isinstance(self.busy, DecodeFinal)

    @property
    def speaking(self) -> bool:
        """Whether an utterance is under way."""
        return self._spoken is not None

    def recognized_to(self, position: int) -> int:
        """The end of the oldest utterance whose text is still owed, else `position`: the text is late by what
        lies between this and now."""
        owed = [self.busy.utterance] if isinstance(self.busy, DecodeFinal) else []
        owed.extend(self.waiting)
        return min([position, *(utterance.end for utterance in owed[:1])])

    def decide(self, segmenter: Segmenter, available: int) -> Decision | None:
        """What to decode now, if anything. `available` is the end of the recorded sound."""
        if self.busy is not None:
            return None
        self._measure(available)
        if self.waiting:
            self.busy = self._final(self.waiting.popleft(), available)
        elif self._spoken is not None and available - segmenter.position < RATE_HZ:
            self.busy = self._partial(self._spoken, segmenter)
        return self.busy

    def final_done(self) -> None:
        """The final that was decided is decoded."""
        self.busy = None

    def partial_done(self, done: DecodePartial, texts: tuple[str, ...], took_s: float) -> Shown | None:
        """The partial that was decided is decoded, in `took_s`. Returns what to show, if it is worth showing."""
        self.busy = None
        cost = took_s / len(done.windows)
        # A machine that has become slow is believed at once, all else little by little.
        self._cost = cost if cost > 3 * self._cost else 0.7 * self._cost + 0.3 * cost
        spoken = next((one for one in (self._spoken, self._over) if one and one.start == done.start), None)
        if spoken is None or not all(texts):
            return None
        comma = "，" if done.pause and texts[0][-1].isalnum() else ""
        text = hold(spoken.newest[: spoken.stable], comma.join(texts))
        # The newest two characters are often a word that is not spoken to its end yet.
        stable = max(spoken.stable, min(_common(spoken.newest, text), len(text) - 2))
        if len(texts) == 2:
            place = max(0, len(text) - len(texts[1]))
            spoken.frozen += text[:place]
            spoken.window_start = done.windows[1][0]
            text, stable = text[place:], max(0, stable - place)
        spoken.newest, spoken.stable = text, stable
        return Shown(text=spoken.frozen + text, stable_chars=len(spoken.frozen) + stable)

    def _measure(self, available: int) -> None:
        """Live, the meeting itself is the clock: what of it went by while a final was decoded."""
        if self._final_began is None:
            return
        elapsed_s = max(1, available - self._measured_to) / RATE_HZ
        busy_s = (available - self._final_began) / RATE_HZ
        kept = self._remembered(available)
        self._load = kept * self._load + (1 - kept) * busy_s / elapsed_s
        self._measured_to, self._final_began = available, None

    def _remembered(self, position: int) -> float:
        """How much what was last measured still counts at `position`."""
        return math.exp(-max(0, position - self._measured_to) / RATE_HZ / self.pace.memory)

    def _final(self, utterance: Ended, available: int) -> DecodeFinal:
        pace = self.pace
        late_s = (available - max(utterance.end, utterance.heard_to)) / RATE_HZ
        self._final_began = available
        length_s = (utterance.end - utterance.start) / RATE_HZ
        shortest_s = length_s + pace.trailing
        if late_s >= pace.hurry_after:
            return DecodeFinal(utterance=utterance, beam_size=pace.hurry_beam, window_s=shortest_s)
        beam_size = pace.final_beam_long if length_s > pace.long else pace.final_beam
        return DecodeFinal(utterance=utterance, beam_size=beam_size, window_s=max(pace.final_window, shortest_s))

    def _partial(self, spoken: _Spoken, segmenter: Segmenter) -> DecodePartial | None:
        end = segmenter.voice_end
        fresh = (end - spoken.decoded_to) / RATE_HZ
        if fresh < self._enough(spoken, segmenter):
            return None
        spoken.revision += 1
        spoken.decoded_to = end
        windows, pause = self._windows(spoken.window_start, end, segmenter)
        return DecodePartial(start=spoken.start, revision=spoken.revision, windows=windows, pause=pause)

    def _enough(self, spoken: _Spoken, segmenter: Segmenter) -> float:
        """How many seconds of new voice are worth a partial."""
        share = min(self.pace.share, self.pace.room - self._load * self._remembered(segmenter.position))
        if share <= 0:
            return math.inf
        if segmenter.state is State.STOPPING and self._cost <= self.pace.breath_cost:
            return self.pace.breath
        if spoken.revision == 0:
            return max(self.pace.first_partial, self._cost / share / 2)
        return max(self.pace.step, self._cost / share)

    def _windows(self, start: int, end: int, segmenter: Segmenter) -> tuple[tuple[tuple[int, int], ...], bool]:
        length_s = (end - start) / RATE_HZ
        if length_s < self.pace.freeze_after:
            return ((start, end),), False
        margin = round(self.pace.freeze_keeps * RATE_HZ)
        place = segmenter.quietest(start + margin, end - margin // 2)
        pause = segmenter.voice_at(place) < segmenter.options.silence_below
        if not pause and length_s < self.pace.freeze_anyway:
            return ((start, end),), False
        return ((start, place), (place, end)), pause


def hold(stable: str, text: str) -> str:
    """`text` with its beginning as it was shown before: people cannot read what changes under their eyes, and the
    final will put it right."""
    if text.startswith(stable):
        return text
    alike = SequenceMatcher(None, stable, text[: len(stable) + 8], autojunk=False)
    for _, begin, end, other, other_end in alike.get_opcodes():
        if end == len(stable):
            return stable + text[min(other_end, other + end - begin) :]
    return text


def _common(one: str, other: str) -> int:
    """How many code points both begin with."""
    count = 0
    for a, b in zip(one, other, strict=False):
        if a != b:
            break
        count += 1
    return count
