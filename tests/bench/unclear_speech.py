"""How well it is known which utterances the recognizer has misheard, by condition of the sound.

`python -m tests.bench.unclear_speech [CONDITION…] [--sound demo|clips|FOLDER] [--save FILE]`: decodes up to two minutes
of speech in each condition and prints, for several thresholds, how much is marked and how much of that is really wrong.
"""

import argparse
from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec
import numpy as np
import numpy.typing as npt

from asr.decoding import Manner, decode_final
from asr.listener import Listener, to_float
from asr.recognizer import FULL_WINDOW_S, RATE_HZ, FasterWhisperRecognizer, Hypothesis, Recognizer
from asr.results import Final
from asr.segmenter import Ended
from asr.text.prompt import build_prompt
from asr.vad import SileroVad
from meeting.domain.agenda import Agenda, AgendaItem
from meeting.domain.terms import agenda_terms
from models.store import ModelStore
from ui.bench.asr.conditions import CONDITIONS, SEED, aircon
from ui.bench.asr.recordings import Line, Recording, Samples, load
from ui.bench.scoring import edit_distance, fold

SHARED = Path(__file__).parents[2].parent / "shared" / "data"
DEMO = Path(__file__).parents[2] / "ui" / "demo"
SECONDS = 120
THRESHOLDS = (-0.7, -0.8, -0.9, -1.0, -1.1)
WRONG = 0.6
"""An utterance with more errors than this in its characters had better not be shown."""
LOUDER_DB = {"aircon+5": 5, "aircon+10": 10, "aircon+15": 15}


class Row(msgspec.Struct, kw_only=True):
    """One utterance: what the decoder and the voice filter said of it, and how wrong it was."""

    condition: str
    text: str
    raw: str
    wanted: str
    error: float
    avg_logprob: float
    no_speech_prob: float
    certainty: float
    spoken_s: float
    length_s: float


class Overheard:
    """A recognizer whose last hypothesis can be asked for."""

    def __init__(self, recognizer: Recognizer) -> None:
        self._recognizer = recognizer
        self.last: Hypothesis | None = None

    def decode(
        self,
        samples: npt.NDArray[np.float32],
        *,
        prompt: str,
        language: str,
        beam_size: int,
        window_s: float,
        careful: bool = False,
    ) -> Hypothesis:
        self.last = self._recognizer.decode(
            samples,
            prompt=prompt,
            language=language,
            beam_size=beam_size,
            window_s=window_s,
            careful=careful,
        )
        return self.last


def clips(folder: Path, seconds: float) -> Recording:
    """Real Chinese speakers, one after the other in the order of their names, a second of quiet between."""
    from asr.audio import decode

    lines, parts, at = list[Line](), list[Samples](), 0
    rows = [msgspec.json.decode(line) for line in (folder / "manifest.jsonl").read_text("utf-8").splitlines()]
    rows = [row for row in rows if row["lang"] == "zh" and row["seconds"] < 15]
    # Other speakers first: one of them has more clips than all others together.
    rows.sort(key=lambda row: row["speaker"] == "A1-S0150")
    for row in rows:
        sound = np.concatenate([block.astype(np.float32) / 32768 for block in decode(folder / row["file"])])
        if at + len(sound) > seconds * RATE_HZ:
            break
        lines.append(Line(at * 1000 // RATE_HZ, (at + len(sound)) * 1000 // RATE_HZ, row["text"], row["speaker"]))
        parts += [sound, np.zeros(RATE_HZ, np.float32)]
        at += len(sound) + RATE_HZ
    agenda = Agenda(title="录音", date="2026-01-01", items=(AgendaItem(number=1, title="录音"),))
    return Recording(
        name="clips", samples=np.concatenate(parts), lines=tuple(lines), agenda_path=folder, agenda=agenda
    )


def worsened(recording: Recording, condition: str) -> Samples:
    """One of the benchmark's conditions, or its air conditioning so many decibels louder."""
    chance = np.random.default_rng(SEED)
    if condition in LOUDER_DB:
        noise = aircon(recording, chance) - recording.samples
        return recording.samples + noise * np.float32(10 ** (LOUDER_DB[condition] / 20))
    return CONDITIONS[condition](recording, chance)


def utterances(samples: Samples) -> Iterator[tuple[Ended, npt.NDArray[np.float32]]]:
    """What recognition would decode."""
    sound = np.clip(samples * 32768, -32768, 32767).astype(np.int16)
    listener = Listener(SileroVad(), lambda start, count: sound[start : start + count], 0)
    for event in [*listener.listen(len(sound)), *listener.finish(len(sound))]:
        if isinstance(event, Ended):
            yield event, to_float(sound[event.start : event.end])


def measured(recording: Recording, condition: str, recognizer: Overheard, manner: Manner) -> list[Row]:
    """Every utterance of the recording in that condition."""
    found = list[tuple[Ended, Final, Hypothesis]]()
    for event, sound in utterances(worsened(recording, condition)):
        final = decode_final(recognizer, sound, event, manner, beam_size=5, window_s=FULL_WINDOW_S)
        assert recognizer.last is not None
        found.append((event, final, recognizer.last))
    rows = []
    for group, wanted in _together([event for event, _, _ in found], recording.lines):
        heard = "".join(found[index][1].raw_text for index in group)
        error = edit_distance(fold(wanted), fold(heard)) / max(1, len(fold(wanted)))
        for index in group:
            event, final, hypothesis = found[index]
            rows.append(
                Row(
                    condition=condition,
                    text=final.text,
                    raw=final.raw_text,
                    wanted=wanted,
                    error=error,
                    avg_logprob=hypothesis.avg_logprob,
                    no_speech_prob=hypothesis.no_speech_prob,
                    certainty=event.certainty,
                    spoken_s=event.spoken / RATE_HZ,
                    length_s=(event.end - event.start) / RATE_HZ,
                )
            )
    return rows


def _together(events: Sequence[Ended], lines: Sequence[Line]) -> Iterator[tuple[list[int], str]]:
    """Utterances that share a line of the script are scored together, against all lines that they touch."""
    touched = [{n for n, line in enumerate(lines) if _overlap_ms(event, line) > 150} for event in events]
    group, names = list[int](), set[int]()
    for index, mine in enumerate(touched):
        if group and not names & mine:
            yield group, "".join(lines[n].text for n in sorted(names))
            group, names = [], set()
        group.append(index)
        names |= mine
    if group:
        yield group, "".join(lines[n].text for n in sorted(names))


def _overlap_ms(event: Ended, line: Line) -> float:
    begin, end = event.start * 1000 / RATE_HZ, event.end * 1000 / RATE_HZ
    return min(end, line.t_end_ms) - max(begin, line.t_start_ms)


def table(rows: Sequence[Row]) -> str:
    """By condition: utterances, their mean error, how many are wrong; for each threshold what it marks."""
    lines = ["condition | utterances | mean error | wrong | " + " | ".join(f"< {one}" for one in THRESHOLDS)]
    for condition in dict.fromkeys(row.condition for row in rows):
        mine = [row for row in rows if row.condition == condition]
        mean = sum(row.error for row in mine) / len(mine)
        cells = [condition, str(len(mine)), f"{mean:.2f}", str(sum(row.error > WRONG for row in mine))]
        for least in THRESHOLDS:
            marked = [row for row in mine if row.avg_logprob < least]
            cells.append(f"{len(marked)} marked, {sum(row.error > WRONG for row in marked)} wrong")
        lines.append(" | ".join(cells))
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("conditions", nargs="*", default=["clean", "aircon"])
    parser.add_argument("--sound", default="clips")
    parser.add_argument("--seconds", type=float, default=SECONDS)
    parser.add_argument("--save", type=Path)
    given = parser.parse_args()
    if given.sound == "clips":
        recording = clips(SHARED / "speech", given.seconds)
    else:
        recording = load(DEMO if given.sound == "demo" else Path(given.sound), given.seconds)
    recognizer = Overheard(FasterWhisperRecognizer(ModelStore().find("whisper-base")))
    prompt = "" if given.sound == "clips" else build_prompt(agenda_terms(recording.agenda, None))
    rows = list[Row]()
    for condition in given.conditions:
        rows += measured(recording, condition, recognizer, Manner(language="zh", prompt=prompt))
    print(table(rows))
    if given.save:
        given.save.write_bytes(msgspec.json.encode(rows))


if __name__ == "__main__":
    main()
