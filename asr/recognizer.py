"""The port to a speech model, and faster-whisper behind it.

Whisper's encoder is where the time goes and its cost grows with the window, so short sound gets a short window
instead of the usual padding to 30 s. Timestamp tokens stay on: without them short windows loop.
"""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from asr.errors import LanguageUnknown, RecognizerError
from asr.text.loops import is_looping
from models.refusal import N_

RATE_HZ = 16_000
FULL_WINDOW_S = 30.0
_PROMPT_LIMIT = 223
_TOKENS_PER_S = 12
"""Nobody speaks faster; a decoder that writes more is looping."""


class ModelUnusable(RecognizerError):
    """Facts: `path` (str), `reason` (str)."""

    code = "model_unusable"
    template = N_(
        "The speech model in “{path}” cannot be used ({reason}). The sound is kept and can be recognized later; "
        "look at the models with: meeting models verify"
    )
    exit_code = 3


@dataclass(frozen=True, kw_only=True)
class TimedText:
    """A stretch of text with its times in seconds from the first sample decoded."""

    start_s: float
    end_s: float
    text: str


@dataclass(frozen=True, kw_only=True)
class Hypothesis:
    """What the model makes of the sound. `avg_logprob` is natural logarithm per token, at most 0."""

    text: str
    pieces: tuple[TimedText, ...]
    tokens: tuple[int, ...]
    avg_logprob: float
    no_speech_prob: float
    language: str

    @property
    def confidence(self) -> float:
        """The geometric mean of the tokens' probabilities, 0..1."""
        return float(min(1.0, max(0.0, np.exp(self.avg_logprob))))


class Recognizer(Protocol):
    """Anything that turns sound into a hypothesis."""

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
        """Decodes at most 30 s of 16 kHz mono sound in -1..1, padded with silence to `window_s`.

        `language` is a code of the model's or `auto`; `careful` forbids repetition. Raises LanguageUnknown.
        """
        ...


def decode_exactly(
    recognizer: Recognizer,
    samples: npt.NDArray[np.float32],
    *,
    prompt: str,
    language: str,
    beam_size: int,
    window_s: float,
) -> Hypothesis:
    """Decodes for the record: a loop is decoded once more, in a full window that forbids repetition."""
    first = recognizer.decode(samples, prompt=prompt, language=language, beam_size=beam_size, window_s=window_s)
    length_s = len(samples) / RATE_HZ
    if not is_looping(first.text, length_s):
        return first
    second = recognizer.decode(
        samples, prompt=prompt, language=language, beam_size=beam_size, window_s=FULL_WINDOW_S, careful=True
    )
    return first if is_looping(second.text, length_s) and first.avg_logprob > second.avg_logprob else second


class FasterWhisperRecognizer:
    """A Whisper model in CTranslate2's format, from a local folder, warm once constructed.

    Raises ModelUnusable when the folder cannot be loaded.
    """

    def __init__(
        self,
        model_path: Path,
        *,
        device: str | None = None,
        compute_type: str | None = None,
        threads: int | None = None,
    ) -> None:
        from faster_whisper import WhisperModel

        device = device or _best_device()
        self._prompt_tokens: dict[str, list[int]] = {}
        try:
            self._model: Any = WhisperModel(
                str(model_path),
                device=device,
                compute_type=compute_type or ("float16" if device == "cuda" else "int8"),
                cpu_threads=threads or _threads(),
                local_files_only=True,
            )
        except (RuntimeError, ValueError, OSError) as error:
            raise ModelUnusable(path=str(model_path), reason=str(error).partition("\n")[0]) from error
        self.decode(np.zeros(RATE_HZ, np.float32), prompt="", language="auto", beam_size=1, window_s=3.0)

    @property
    def languages(self) -> tuple[str, ...]:
        """The language codes that the model knows."""
        return tuple(self._model.supported_languages)

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
        """See `Recognizer.decode`."""
        encoded = self._encode(samples, window_s)
        tokenizer = self._tokenizer(self._language(language, encoded))
        start = self._start_tokens(tokenizer, prompt)
        room = round(len(samples) / RATE_HZ * _TOKENS_PER_S) + 16
        result = self._model.model.generate(
            encoded,
            [start],
            beam_size=beam_size,
            max_length=min(448, len(start) + room),
            return_scores=True,
            return_no_speech_prob=True,
            max_initial_timestamp_index=50,
            suppress_tokens=[-1],
            no_repeat_ngram_size=5 if careful else 0,
            repetition_penalty=1.1 if careful else 1.0,
        )[0]
        tokens = tuple(result.sequences_ids[0])
        pieces = tuple(_pieces(tokenizer, tokens, len(samples) / RATE_HZ))
        return Hypothesis(
            text="".join(piece.text for piece in pieces).strip(),
            pieces=pieces,
            tokens=tokens,
            # The score is already an average over the tokens; the end token counts too.
            avg_logprob=result.scores[0] * len(tokens) / (len(tokens) + 1),
            no_speech_prob=result.no_speech_prob,
            language=tokenizer.language_code,
        )

    def _encode(self, samples: npt.NDArray[np.float32], window_s: float) -> Any:
        wanted = round(min(FULL_WINDOW_S, max(window_s, len(samples) / RATE_HZ)) * RATE_HZ)
        # Two feature frames of 10 ms make one position of the encoder.
        wanted = -(-wanted // 320) * 320
        padded = np.zeros(wanted, np.float32)
        padded[: len(samples)] = samples[:wanted]
        features = self._model.feature_extractor(padded)
        return self._model.encode(features[:, : wanted // 160])

    def _language(self, language: str, encoded: Any) -> str:
        known = self._model.supported_languages
        if language in known:
            return language
        if language != "auto":
            raise LanguageUnknown(language=language, known=", ".join(["auto", *sorted(known)]))
        if not self._model.model.is_multilingual:
            return "en"
        token, _ = self._model.model.detect_language(encoded)[0][0]
        return str(token[2:-2])

    def _tokenizer(self, language: str) -> Any:
        from faster_whisper.tokenizer import Tokenizer

        model = self._model
        return Tokenizer(model.hf_tokenizer, model.model.is_multilingual, task="transcribe", language=language)

    def _start_tokens(self, tokenizer: Any, prompt: str) -> list[int]:
        start: list[int] = list(tokenizer.sot_sequence)
        if prompt:
            words = self._prompt_tokens.get(prompt)
            if words is None:
                words = _prompt_tokens(tokenizer, prompt)
                self._prompt_tokens = {prompt: words}
            start = [tokenizer.sot_prev, *words, *start]
        return start


def _prompt_tokens(tokenizer: Any, prompt: str) -> list[int]:
    """Whole words, as many as the model takes; what it would read as an order and not as text is left out."""
    while True:
        tokens = [token for token in tokenizer.encode(" " + prompt) if token < tokenizer.eot]
        if len(tokens) <= _PROMPT_LIMIT:
            return tokens
        shorter, _, _ = prompt.rpartition("，")
        if not shorter:
            return tokens[:_PROMPT_LIMIT]
        prompt = shorter


def _best_device() -> str:
    import ctranslate2

    return "cuda" if ctranslate2.get_cuda_device_count() > 0 else "cpu"


def _threads() -> int:
    """Half of the cores, which are shared with the meeting's other programs; more than four gain nothing here."""
    cores = os.cpu_count() or 1
    return min(cores, max(2, cores // 2), 4)


def _pieces(tokenizer: Any, tokens: tuple[int, ...], length_s: float) -> Iterator[TimedText]:
    """Splits at timestamp tokens; a stretch without an end goes on to the end of the sound."""
    start_s, words = 0.0, list[int]()
    for token in tokens:
        if token < tokenizer.timestamp_begin:
            words.append(token)
            continue
        at_s = min((token - tokenizer.timestamp_begin) * 0.02, length_s)
        text = tokenizer.decode(words)
        if text.strip():
            yield TimedText(start_s=start_s, end_s=max(start_s, at_s), text=text)
        start_s, words = at_s, []
    text = tokenizer.decode(words)
    if text.strip():
        yield TimedText(start_s=start_s, end_s=length_s, text=text)
