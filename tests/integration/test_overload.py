"""A meeting played faster than the machine can take it: nothing is lost, the lag is told, and it catches up.

The speed is measured first, on the machine of the test and as it is then. It may be quicker later, when it has less
else to do: then the meeting is played faster still, until it is too much.
"""

import asyncio
import json
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from asr.audio import decode
from asr.journal import JournalWriter, Samples
from asr.recognition import Recognition
from asr.results import Drained, Final, Heard, Partial, Ready, Result
from tests.conftest import DEMO, Cli
from tests.sound_card import write_wav
from ui.bench.scoring import error_rate

pytestmark = pytest.mark.model
RATE_HZ = 16_000
BLOCK = RATE_HZ // 10
OVERLOADS = (1.5, 3.0, 6.0, 12.0)
SILENCE_S = 300
GOES_ON = ((3.0, 8), (3.0, 40), (6.0, 80))
"""How many times too fast, and for how many seconds the sound goes on after the speech, so that all is caught up
meanwhile: longer where the machine has become slower since its speed was measured."""


@dataclass(frozen=True)
class Undisturbed:
    """The meeting recognized from its finished recording, and how many times real time that was."""

    sound: Samples
    spoken: int
    """Samples before the silence at the end."""
    finals: list[Final]
    speed: float


@pytest.fixture(scope="module")
def undisturbed(model_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Undisturbed:
    speech = np.concatenate(list(decode(DEMO / "meeting.flac")))
    sound = np.concatenate((speech, np.zeros(SILENCE_S * RATE_HZ, np.int16)))
    folder = tmp_path_factory.mktemp("录音")
    with JournalWriter(folder) as writer:
        writer.append(sound)
        writer.seal("end")
    begun = ended = 0.0
    finals = list[Final]()

    async def recognize() -> None:
        nonlocal begun, ended
        recognition = await Recognition.start(folder, from_sample=0, model_path=model_path)
        async for result in recognition.results():
            match result:
                case Ready():
                    begun = time.monotonic()
                case Final():
                    finals.append(result)
                    ended = time.monotonic()
                case Drained():
                    break
        await recognition.close()

    asyncio.run(asyncio.wait_for(recognize(), 300))
    return Undisturbed(sound, len(speech), finals, len(speech) / RATE_HZ / (ended - begun))


def cuts(finals: list[Final]) -> list[tuple[int, int]]:
    return [(final.start_sample, final.next_sample) for final in finals]


async def play(writer: JournalWriter, sound: Samples, speed: float) -> None:
    """Appends the sound as a recorder does, `speed` times as fast."""
    begun = time.monotonic()
    for at in range(0, len(sound), BLOCK):
        await asyncio.sleep(max(0, begun + at / RATE_HZ / speed - time.monotonic()))
        writer.append(sound[at : at + BLOCK])


@dataclass(frozen=True)
class Overloaded:
    """What came of a meeting that was played too fast: `lags` (s) at the ends of its sound, the last of its speech."""

    results: list[Result]
    lags: list[tuple[int, float]]
    behind_s: float


async def overloaded(undisturbed: Undisturbed, model_path: Path, folder: Path, speed: float) -> Overloaded:
    results, lags = list[Result](), list[tuple[int, float]]()
    ready, caught_up = asyncio.Event(), asyncio.Event()
    with JournalWriter(folder) as writer:
        recognition = await Recognition.start(folder, from_sample=0, model_path=model_path)

        async def read() -> None:
            async for result in recognition.results():
                results.append(result)
                match result:
                    case Ready():
                        ready.set()
                    case Heard(sample=sample, settled=settled):
                        lags.append((writer.end_sample, (writer.end_sample - sample) / RATE_HZ))
                        if settled and sample > undisturbed.spoken and lags[-1][1] < 1:
                            caught_up.set()
                    case Drained():
                        return

        async with asyncio.timeout(120):
            reading = asyncio.create_task(read())
            await ready.wait()
            await play(writer, undisturbed.sound[: undisturbed.spoken], speed)
            behind_s = (writer.end_sample - _newest(results)) / RATE_HZ
            after = undisturbed.sound[undisturbed.spoken : undisturbed.spoken + 60 * RATE_HZ]
            await play(writer, after, speed)
            await caught_up.wait()
            writer.seal("end")
            await reading
        await recognition.close()
    return Overloaded(results, lags, behind_s)


async def test_overloaded_recognition_loses_nothing_and_catches_up(
    undisturbed: Undisturbed, model_path: Path, tmp_path: Path
) -> None:
    for times in OVERLOADS:
        found = await overloaded(undisturbed, model_path, tmp_path / f"{times}", times * undisturbed.speed)
        if found.behind_s > 5:
            break
    results = found.results
    finals = [result for result in results if isinstance(result, Final)]
    assert cuts(finals) == cuts(undisturbed.finals), "none is missing, none comes twice, all are cut as ever"
    wanted, got = ("".join(final.text for final in some) for some in (undisturbed.finals, finals))
    assert error_rate(wanted, got) < 0.15
    assert found.behind_s > 5 and max(lag for at, lag in found.lags if at <= undisturbed.spoken) > 5
    late = [one for one in results if isinstance(one, Partial) and _owed(results, one) > 0]
    assert not late, "what is finished comes before what is still spoken"


def _newest(results: list[Result]) -> int:
    return max((result.next_sample for result in results if isinstance(result, Final)), default=0)


def _owed(results: list[Result], partial: Partial) -> int:
    """Utterances before the partial's own whose final came after it."""
    after = results[results.index(partial) :]
    return sum(isinstance(one, Final) and one.next_sample <= partial.start_sample for one in after)


def test_an_overloaded_meeting_tells_its_lag_and_has_every_utterance(
    undisturbed: Undisturbed, cli: Cli, tmp_path: Path
) -> None:
    speech = undisturbed.sound[: undisturbed.spoken]
    for times, afterwards_s in GOES_ON:
        pace = times * undisturbed.speed
        silence = np.zeros(round(afterwards_s * pace) * RATE_HZ, np.int16)
        sound = write_wav(tmp_path / "会议.wav", np.concatenate((speech, silence)))
        run = ("run", DEMO / "agenda.yaml", "--source", sound, "--pace", f"{pace:.1f}", "--no-console", "--json")
        answer = cli(*run, timeout=300)
        assert answer.returncode == 0, answer.stderr
        told = [json.loads(line) for line in answer.stdout.splitlines()]
        lags = [one["lag_ms"] for one in told if one["type"] == "status" and one["recognizer"] == "ready"]
        # Recognition says once a second how far it is, and the recording goes on by `pace` seconds meanwhile.
        if told_and_caught_up := max(lags, default=0) > 20_000 and lags[-1] < min(2000 * pace, max(lags) / 2):
            break
    starts = [one["start_ms"] for one in told if one["type"] == "segment"]
    assert starts == [final.start_ms for final in undisturbed.finals if final.text]
    assert told_and_caught_up, lags
