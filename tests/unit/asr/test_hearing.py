"""Which words an utterance is heard with: those of the record, whenever the orders about them arrive."""

import queue
import threading
import time
from pathlib import Path

import numpy as np
import pytest
import soundfile

from asr.hearing import Closed, Done, Hearing
from asr.journal import JournalWriter
from asr.orders import Known, Order, Start, Terms
from asr.recognizer import Hypothesis, TimedText
from asr.results import Asks, Drained, Final, Partial, Result

DEMO = Path(__file__).parents[3] / "ui" / "demo" / "meeting.flac"
RATE_HZ = 16_000


class PromptedModel:
    """Says what it was given to read."""

    languages = ("zh",)

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def decode(self, samples: np.ndarray, *, prompt: str, **_: object) -> Hypothesis:
        length_s = len(samples) / RATE_HZ
        piece = TimedText(start_s=0.0, end_s=length_s, text=prompt)
        return Hypothesis(
            text=prompt, pieces=(piece,), tokens=(), avg_logprob=-0.2, no_speech_prob=0.0, language="zh"
        )


@pytest.fixture(scope="module")
def journal(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Some sentences, sealed."""
    folder = tmp_path_factory.mktemp("sound") / "journal"
    sound, _ = soundfile.read(DEMO, dtype="int16", frames=40 * RATE_HZ)
    with JournalWriter(folder) as writer:
        writer.append(sound)
        writer.seal("end_of_file", None)
    return folder


def heard(journal: Path, begins: list[int], early: bool, delay_s: float) -> list[tuple[int, str]]:
    """The finals, when the words that hold from `begins[n]` on are told by another thread, early or when asked for."""
    inbox: queue.Queue[Order | Closed | Done] = queue.Queue()
    finals: list[tuple[int, str]] = []
    told = [False] * len(begins)

    def tell(upto: float) -> None:
        for number, sample in enumerate(begins):
            if sample <= upto and not told[number]:
                told[number] = True
                inbox.put(Terms(prompt_terms=(f"议题词语{number}",), from_sample=sample))

    def answer(asks: Asks) -> None:
        time.sleep(delay_s)
        tell(asks.sample)
        inbox.put(Known(sample=asks.sample))

    def take(result: Result) -> None:
        match result:
            case Asks():
                threading.Thread(target=answer, args=(result,)).start()
            case Final(start_sample=start, raw_text=text):
                finals.append((start, text))
            case Drained():
                inbox.put(Closed())
            case _:
                pass

    start = Start(journal=str(journal), from_sample=0, model_path="", prompt_terms=("开会词语",))
    if early:
        tell(float("inf"))
    Hearing(start, inbox, take).run()
    return finals


def test_any_delay_of_the_words_gives_the_same_prompts(journal: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("asr.recognizer.FasterWhisperRecognizer", PromptedModel)
    starts = [start for start, _ in heard(journal, [], early=True, delay_s=0.0)]
    assert len(starts) >= 4
    begins = [starts[1], starts[2] - 1, starts[3] + 1]
    runs = [heard(journal, begins, early, delay_s) for early, delay_s in ((True, 0), (False, 0), (False, 0.2))]
    assert runs[0] == runs[1] == runs[2]
    texts = [text for _, text in runs[0]]
    assert [start for start, _ in runs[0]] == starts
    assert "开会词语" in texts[0] and "议题词语0" in texts[1] and "议题词语1" in texts[2]
    assert "议题词语1" in texts[3], "it begins before the words of the next item hold"


def test_each_text_tells_how_long_its_decode_took(journal: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class SlowModel(PromptedModel):
        def decode(self, samples: np.ndarray, *, prompt: str, **manner: object) -> Hypothesis:
            time.sleep(0.03)
            return super().decode(samples, prompt=prompt, **manner)

    monkeypatch.setattr("asr.recognizer.FasterWhisperRecognizer", SlowModel)
    inbox: queue.Queue[Order | Closed | Done] = queue.Queue()
    took_ms: list[int] = []

    def take(result: Result) -> None:
        match result:
            case Asks(sample=sample):
                inbox.put(Known(sample=sample))
            case Final() | Partial():
                took_ms.append(result.took_ms)
            case Drained():
                inbox.put(Closed())

    begun = time.monotonic()
    Hearing(Start(journal=str(journal), from_sample=0, model_path="", prompt_terms=()), inbox, take).run()
    assert len(took_ms) >= 4 and min(took_ms) >= 30
    assert sum(took_ms) <= (time.monotonic() - begun) * 1000 + len(took_ms)
