"""The microphone before a meeting: a process that listens while somebody asks, and lets go when nobody does."""

import asyncio
import contextlib
from collections.abc import Callable
from pathlib import Path

import msgspec

from asr.programs import command_of, environment_of
from asr.trying import Ask, Devices, Failed, Level, Sentence, Tried
from models.refusal import N_, Refusal

ASKED_WITHIN_S = 3.0
FIRST_WORD_WITHIN_S = 15.0
SENTENCE_WITHIN_S = 90.0


class TrialRefused(Refusal):
    """What the listening process says: its own code, sentence and exit code."""

    code = "trial_refused"
    template = N_("The microphone could not be tried. Nothing was recorded.")

    def __init__(self, failed: Failed) -> None:
        self.code = failed.code  # type: ignore[misc] # another process's refusal: known only now
        self.template = failed.template  # type: ignore[misc] # likewise
        self.exit_code = failed.exit_code  # type: ignore[misc] # likewise
        super().__init__(**failed.facts)


class TrialFailed(Refusal):
    """The listening process ended without a word, or says none."""

    code = "trial_failed"
    template = N_(
        "The microphone could not be tried: it gives nothing. Choose another, or look with `meeting devices`."
    )
    exit_code = 3


class MicrophoneTrial:
    """At most one device is listened to at a time. `close` before a meeting opens it."""

    def __init__(self) -> None:
        self._process: asyncio.subprocess.Process | None = None
        self._device: str | None = None
        self._devices: Devices | None = None
        self._level: Level | None = None
        self._failed: Failed | None = None
        self._sentence: asyncio.Future[Sentence] | None = None
        self._news = asyncio.Event()
        self._reader: asyncio.Task[None] | None = None
        self._asked_at = 0.0
        self._starting = asyncio.Lock()

    async def devices(self, device: str | None) -> Devices:
        """The microphones there are; listening begins at `device`. Raises TrialRefused, TrialFailed."""
        await self._listen(device)
        await self._until(lambda: self._devices is not None)
        assert self._devices is not None
        return self._devices

    async def level(self, device: str | None) -> Level:
        """The newest level. Raises TrialRefused, TrialFailed."""
        await self._listen(device)
        await self._until(lambda: self._level is not None)
        assert self._level is not None
        return self._level

    async def sentence(self, device: str | None, seconds: float, model: Path, language: str) -> Sentence:
        """What is understood of the next `seconds`. Raises TrialRefused, TrialFailed."""
        await self.level(device)
        process = self._process
        assert process is not None and process.stdin is not None
        said: asyncio.Future[Sentence] = asyncio.get_running_loop().create_future()
        self._sentence = said
        process.stdin.write(msgspec.json.encode(Ask(seconds=seconds, model=str(model), language=language)) + b"\n")
        try:
            async with asyncio.timeout(SENTENCE_WITHIN_S):
                return await said
        except TimeoutError:
            raise TrialFailed() from None
        finally:
            self._sentence = None

    async def close(self) -> None:
        """Lets go of the device."""
        process, self._process = self._process, None
        if process is not None and process.stdin is not None:
            process.stdin.close()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(2):
                    await process.wait()
            if process.returncode is None:
                process.kill()
                await process.wait()
        if self._reader is not None:
            await self._reader
            self._reader = None

    async def _listen(self, device: str | None) -> None:
        async with self._starting:
            self._asked_at = asyncio.get_running_loop().time()
            if self._process is not None and self._process.returncode is None and self._device == device:
                return
            await self.close()
            self._device, self._devices, self._level, self._failed = device, None, None, None
            arguments = ["--device", device] if device is not None else []
            self._process = await asyncio.create_subprocess_exec(
                *command_of("asr.trying"),
                *arguments,
                env=environment_of(),
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.DEVNULL,
            )
            self._reader = asyncio.create_task(self._read(self._process))

    async def _read(self, process: asyncio.subprocess.Process) -> None:
        assert process.stdout is not None and process.stdin is not None
        while line := await process.stdout.readline():
            match msgspec.json.decode(line, type=Tried):
                case Devices() as devices:
                    self._devices = devices
                case Level() as level:
                    self._level = level
                case Failed() as failed:
                    self._failed = failed
                case Sentence() as sentence:
                    if self._sentence is not None and not self._sentence.done():
                        self._sentence.set_result(sentence)
            self._news.set()
            forgotten = asyncio.get_running_loop().time() - self._asked_at > ASKED_WITHIN_S
            if forgotten and self._sentence is None:
                process.stdin.close()
        if self._sentence is not None and not self._sentence.done():
            self._sentence.set_exception(self._why())
        self._news.set()

    async def _until(self, true: Callable[[], bool]) -> None:
        try:
            async with asyncio.timeout(FIRST_WORD_WITHIN_S):
                while not true():
                    if self._failed is not None or self._process is None or self._process.returncode is not None:
                        raise self._why()
                    self._news.clear()
                    await self._news.wait()
        except TimeoutError:
            raise TrialFailed() from None

    def _why(self) -> Refusal:
        return TrialRefused(self._failed) if self._failed is not None else TrialFailed()
