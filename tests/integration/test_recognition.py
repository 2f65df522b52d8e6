"""The recognizer's real process with the real model, on a real journal."""

import asyncio
import os
import signal
import subprocess
import sys
import textwrap
from collections.abc import AsyncIterator
from pathlib import Path

import numpy as np
import psutil
import pytest
import soundfile

from asr.errors import RecognizerDied
from asr.journal import JournalWriter
from asr.recognition import Recognition
from asr.results import Drained, Failed, Final, Heard, Partial, Ready, Result
from models.store import ModelStore

pytestmark = pytest.mark.model
RATE_HZ = 16_000
DEMO = Path(__file__).parents[2] / "ui" / "demo"
TERMS = ("李建国", "周敏", "沈毅", "王芳", "资产处", "调度办法", "试运行")
SAID = "同志们现在开会今天的局长办公会一共有三个议题下面进行第一个议题审议办公用房清理整改方案请周敏同志汇报"


def error_rate(wanted: str, got: str) -> float:
    """Character error rate, letters only."""
    got = "".join(char for char in got if char.isalnum())
    row = list(range(len(got) + 1))
    for i, a in enumerate(wanted, 1):
        last, row[0] = row[0], i
        for j, b in enumerate(got, 1):
            last, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, last + (a != b))
    return row[-1] / len(wanted)


@pytest.fixture(scope="session")
def model_path() -> Path:
    return ModelStore().find("whisper-base")


@pytest.fixture(scope="session")
def demo() -> np.ndarray:
    """The first 33 s of the demo meeting: five utterances, the vote 没有意见 the last."""
    sound, rate = soundfile.read(DEMO / "meeting.flac", dtype="int16", frames=33 * RATE_HZ)
    assert rate == RATE_HZ
    return sound


@pytest.fixture
def journal(tmp_path: Path, demo: np.ndarray) -> Path:
    with JournalWriter(tmp_path / "journal") as writer:
        writer.append(demo)
        writer.seal("end")
    return tmp_path / "journal"


async def until_drained(recognition: Recognition) -> list[Result]:
    found = []
    async for result in recognition.results():
        found.append(result)
        if isinstance(result, Drained | Failed):
            break
    await recognition.close()
    return found


async def recognize(journal: Path, model_path: Path, from_sample: int = 0) -> list[Result]:
    async with asyncio.timeout(120):
        return await until_drained(
            await Recognition.start(journal, from_sample=from_sample, model_path=model_path, prompt_terms=TERMS)
        )


def finals(results: list[Result]) -> list[Final]:
    return [result for result in results if isinstance(result, Final)]


async def test_a_sealed_journal_is_recognized_to_its_end_and_again_from_any_cut(
    journal: Path, model_path: Path, demo: np.ndarray
) -> None:
    results = await recognize(journal, model_path)
    whole = finals(results)
    assert isinstance(results[-1], Drained) and results[-1].sample == len(demo)
    assert sum(isinstance(result, Ready) for result in results) == 1
    assert any(isinstance(result, Heard) and result.settled for result in results)
    assert error_rate(SAID, "".join(final.text for final in whole[:2])) <= 0.15
    assert whole[-1].text == "没有意见。" and 0.3 < whole[-1].confidence <= 1
    for final in whole:
        assert "".join(piece.text for piece in final.pieces) == final.text
        assert final.start_ms == round(final.start_sample / 16) and final.text[-1] in "。？"

    resumed = finals(await recognize(journal, model_path, from_sample=whole[2].next_sample))
    assert [(f.start_sample, f.next_sample, f.end_ms) for f in resumed] == [
        (f.start_sample, f.next_sample, f.end_ms) for f in whole[3:]
    ]


async def play(writer: JournalWriter, sound: np.ndarray) -> None:
    """Appends the sound in real time, as a recorder does."""
    begun = asyncio.get_running_loop().time()
    for at in range(0, len(sound), RATE_HZ // 10):
        await asyncio.sleep(max(0, begun + at / RATE_HZ - asyncio.get_running_loop().time()))
        writer.append(sound[at : at + RATE_HZ // 10])


async def test_text_appears_while_it_is_spoken(tmp_path: Path, model_path: Path, demo: np.ndarray) -> None:
    with JournalWriter(tmp_path / "journal") as writer:
        recognition = await Recognition.start(tmp_path / "journal", from_sample=0, model_path=model_path)
        seen = list[Result]()

        async def read() -> None:
            async for result in recognition.results():
                seen.append(result)
                if isinstance(result, Final):
                    return

        async with asyncio.timeout(120):
            reading = asyncio.create_task(read())
            while not any(isinstance(result, Ready) for result in seen):
                await asyncio.sleep(0.05)
            await recognition.set_terms(TERMS)
            await play(writer, demo[: 9 * RATE_HZ])
            await reading
        await recognition.close()
    final = finals(seen)[0]
    partials = [result for result in seen if isinstance(result, Partial)]
    assert partials and {partial.start_sample for partial in partials} == {final.start_sample}
    assert [partial.revision for partial in partials] == sorted({partial.revision for partial in partials})
    assert partials[-1].text.startswith("同志们")
    assert all(0 <= partial.stable_chars <= len(partial.text) for partial in partials)


async def test_silence_and_noise_give_no_text(tmp_path: Path, model_path: Path) -> None:
    at = np.arange(20 * RATE_HZ) / RATE_HZ
    noise = np.random.default_rng(7).normal(0, 600, at.size)
    hum = 3000 * np.sin(2 * np.pi * 50 * at)
    with JournalWriter(tmp_path / "journal") as writer:
        for sound in (np.zeros(at.size), noise, hum):
            writer.append(sound.astype(np.int16))
        writer.seal("end")
    results = await recognize(tmp_path / "journal", model_path)
    assert [final.text for final in finals(results) if final.text] == []
    assert isinstance(results[-1], Drained)


async def test_a_killed_recognizer_is_told_from_one_that_ended(journal: Path, model_path: Path) -> None:
    recognition = await Recognition.start(journal, from_sample=0, model_path=model_path)
    with pytest.raises(RecognizerDied) as died:
        async with asyncio.timeout(120):
            async for result in recognition.results():
                if isinstance(result, Ready):
                    os.kill(recognition.pid, signal.SIGKILL)
    assert died.value.facts["reason"] == "signal 9"
    await recognition.set_terms(["黎明"])
    await recognition.close()


@pytest.fixture
async def started(journal: Path, model_path: Path) -> AsyncIterator[Recognition]:
    recognition = await Recognition.start(journal, from_sample=0, model_path=model_path)
    yield recognition
    await recognition.close()


async def test_closing_ends_the_results_and_the_process(started: Recognition) -> None:
    async with asyncio.timeout(120):
        async for result in started.results():
            if isinstance(result, Ready):
                await started.close()
    assert not psutil.pid_exists(started.pid)


async def test_an_unknown_language_is_refused_with_the_list(journal: Path, model_path: Path) -> None:
    async with asyncio.timeout(120):
        results = await until_drained(
            await Recognition.start(journal, from_sample=0, model_path=model_path, language="xx")
        )
    failed = results[-1]
    assert isinstance(failed, Failed)
    assert (failed.code, failed.exit_code, failed.facts["language"]) == ("language_unknown", 2, "xx")
    assert "zh" in failed.facts["known"].split(", ")


def test_the_recognizer_ends_with_the_service_that_started_it(journal: Path, model_path: Path) -> None:
    service = textwrap.dedent("""
        import asyncio, sys
        from pathlib import Path
        from asr.recognition import Recognition

        async def main():
            recognition = await Recognition.start(Path(sys.argv[1]), from_sample=0, model_path=Path(sys.argv[2]))
            print(recognition.pid, flush=True)
            async for _ in recognition.results():
                pass

        asyncio.run(main())
    """)
    parent = subprocess.Popen(
        [sys.executable, "-c", service, str(journal), str(model_path)], stdout=subprocess.PIPE, text=True
    )
    assert parent.stdout is not None
    child = psutil.Process(int(parent.stdout.readline()))
    parent.kill()
    parent.wait()
    parent.stdout.close()
    assert not psutil.wait_procs([child], timeout=60)[1]


async def test_who_pauses_in_the_middle_of_a_sentence_has_its_words(model_path, demo, tmp_path):
    with JournalWriter(tmp_path / "journal") as writer:
        writer.append(demo[: 4 * RATE_HZ])
        recognition = await Recognition.start(tmp_path / "journal", from_sample=0, model_path=model_path)
        try:
            async with asyncio.timeout(120):
                async for result in recognition.results():
                    if isinstance(result, Final) and result.next_sample >= 3 * RATE_HZ:
                        break
            assert isinstance(result, Final) and result.text
        finally:
            await recognition.close()


def test_words_that_the_decoder_reads_as_orders_are_left_out_of_the_prompt(model_path):
    from asr.recognizer import FasterWhisperRecognizer, _prompt_tokens

    tokenizer = FasterWhisperRecognizer(model_path)._tokenizer("zh")
    tokens = _prompt_tokens(tokenizer, "资产处，<|endoftext|>，<|nospeech|>，<|0.00|>，三供一业。")
    assert tokens and max(tokens) < tokenizer.eot
    long = "，".join(f"𠮷野{number}处" for number in range(60))
    kept = _prompt_tokens(tokenizer, long)
    assert len(kept) <= 223 and long.startswith(tokenizer.decode(kept).strip())
    assert tokenizer.decode(kept).endswith("处")
