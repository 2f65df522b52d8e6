"""The recognizer's process as the service holds it: started, listened to, told the words of the moment, ended."""

import asyncio
import contextlib
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from pathlib import Path

import msgspec

from asr.errors import RecognizerDied
from asr.orders import Known, Order, Start, Terms
from asr.programs import command_of, environment_of
from asr.results import Asks, Failed, Final, Result
from asr.text.writing import Words

_LINE_LIMIT = 4 * 1024 * 1024
_CLOSE_WITHIN_S = 5.0


class Recognition:
    """One run of the recognizer. It ends when it is closed, or with this process: its standard input closes."""

    def __init__(
        self, process: asyncio.subprocess.Process, before_final: Callable[[int], Awaitable[None]] | None
    ) -> None:
        self._process = process
        self._before_final = before_final
        self._last_words: deque[str] = deque(maxlen=20)
        self._closing = False
        self._asked: int | None = None
        self._errors = asyncio.create_task(self._read_errors(), name="recognizer-stderr")

    @classmethod
    async def start(
        cls,
        journal: Path,
        *,
        from_sample: int,
        model_path: Path,
        language: str = "zh",
        prompt_terms: Iterable[str] = (),
        words: Words | None = None,
        patient: bool = False,
        left_out: Iterable[int] = (),
        before_final: Callable[[int], Awaitable[None]] | None = None,
    ) -> "Recognition":
        """Starts recognizing the journal in folder `journal` at `from_sample` (0, or a `Final.next_sample`).

        `patient`: no text is decoded the cheap way for being late. `left_out`: where utterances begin that are not
        decoded at all. `before_final` is awaited, once all results before
        were taken, with the sample at which an utterance begins, which is decoded for the record after it: in it
        `set_terms` tells what is known to hold there.
        """
        process = await asyncio.create_subprocess_exec(
            *command_of("asr.worker"),
            env=environment_of(),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            limit=_LINE_LIMIT,
            # A Ctrl-C or a closed terminal is the service's to answer: what was said is still to be recognized.
            start_new_session=True,
        )
        recognition = cls(process, before_final)
        await recognition._tell(
            Start(
                journal=str(journal),
                from_sample=from_sample,
                model_path=str(model_path),
                language=language,
                prompt_terms=tuple(prompt_terms),
                words=words or Words(),
                patient=patient,
                left_out=tuple(left_out),
            )
        )
        return recognition

    @property
    def pid(self) -> int:
        """The process id of the recognizer."""
        return self._process.pid

    @property
    def asked(self) -> int | None:
        """Where the utterance begins that is being decoded for the record, None when none is."""
        return self._asked

    async def results(self) -> AsyncIterator[Result]:
        """All results in order, until `close`. A `Failed` is the last one: the process ends by itself after it.

        Raises RecognizerDied when the process ends without having said why. Only one reader at a time.
        """
        assert self._process.stdout is not None
        decoder = msgspec.json.Decoder(Result)
        failed = False
        async for line in self._process.stdout:
            # A line that a kill has cut short was not said.
            if not line.endswith(b"\n"):
                break
            result = decoder.decode(line)
            if isinstance(result, Asks):
                await self._answer(result)
                continue
            failed = isinstance(result, Failed)
            if isinstance(result, Final):
                self._asked = None
            yield result
        status = await self._process.wait()
        await self._errors
        if not self._closing and not failed:
            reason = f"signal {-status}" if status < 0 else f"exit status {status}"
            raise RecognizerDied(reason=reason, last_words=" | ".join(self._last_words))

    async def set_terms(
        self, prompt_terms: Iterable[str], words: Words | None = None, from_sample: int = 0
    ) -> None:
        """The words most likely in what begins at `from_sample` or later. Does nothing when the process is gone."""
        await self._tell(Terms(prompt_terms=tuple(prompt_terms), words=words or Words(), from_sample=from_sample))

    async def _answer(self, asks: Asks) -> None:
        self._asked = asks.sample
        if self._before_final is not None:
            await self._before_final(asks.sample)
        await self._tell(Known(sample=asks.sample))

    async def close(self) -> None:
        """Ends the process, which has nothing to lose, and waits for it. May be called twice."""
        self._closing = True
        assert self._process.stdin is not None
        self._process.stdin.close()
        try:
            await asyncio.wait_for(self._process.wait(), _CLOSE_WITHIN_S)
        except TimeoutError:
            self.kill()
            await self._process.wait()
        await self._errors

    def kill(self) -> None:
        """Ends the process at once."""
        with contextlib.suppress(ProcessLookupError):
            self._process.kill()

    async def _tell(self, order: Order) -> None:
        assert self._process.stdin is not None
        with contextlib.suppress(ConnectionError):
            self._process.stdin.write(msgspec.json.encode(order) + b"\n")
            await self._process.stdin.drain()

    async def _read_errors(self) -> None:
        assert self._process.stderr is not None
        async for line in self._process.stderr:
            self._last_words.append(line.decode("utf-8", "replace").rstrip())
