"""How well it is heard that several people speak at once, and the line of `asr.overlap` that decides it.

`python -m tests.bench.overlap_speech VOICES`: a folder of further speakers, one `.npy` (16 kHz) a sentence, named
`say-N-SPEAKER.npy`. Speakers are parted: one half fits the line, the other, never heard before, measures it.
"""

import argparse
from collections.abc import Sequence
from pathlib import Path

import msgspec
import numpy as np
import numpy.typing as npt

from asr.decoding import Manner, decode_final
from asr.overlap import RATE_HZ, Floats, several_speak, sums
from asr.recognizer import FULL_WINDOW_S, FasterWhisperRecognizer, Recognizer
from asr.segmenter import Ended
from models.store import ModelStore
from tests.bench.unclear_speech import SHARED

SEED = 20_180_312
ROUNDS = 3
MIXTURES = 400
ALARMS = 0.005
_LONGEST_S = 6
Speakers = dict[str, list[Floats]]


def speakers(clips: Path, voices: Path | None) -> Speakers:
    """Sentences by speaker, none longer than six seconds, all equally loud."""
    from asr.audio import decode

    found: Speakers = {}
    for line in (clips / "manifest.jsonl").read_text("utf-8").splitlines():
        row = msgspec.json.decode(line)
        if row["kind"] == "noise":
            continue
        sound = np.concatenate([block.astype(np.float32) / 32768 for block in decode(clips / row["file"])])
        for at in range(0, max(1, len(sound) - 2 * RATE_HZ), _LONGEST_S * RATE_HZ):
            found.setdefault(row["speaker"], []).append(_even(sound[at : at + _LONGEST_S * RATE_HZ]))
    for path in sorted(voices.glob("say-*.npy")) if voices else []:
        found.setdefault(path.stem.rpartition("-")[2], []).append(_even(np.load(path)))
    return found


def alone(people: Speakers, names: Sequence[str], chance: np.random.Generator) -> list[Floats]:
    """Single speakers in all kinds of rooms; nobody more than ten times."""
    return [
        _in_a_room(sound, chance)
        for name in names
        for sound in (people[name] * ROUNDS)[: ROUNDS * 4 if len(people[name]) < 12 else 24]
    ]


def together(people: Speakers, names: Sequence[str], chance: np.random.Generator) -> list[Floats]:
    """Two speakers at once, the second as loud or up to 6 dB quieter, in all kinds of rooms."""
    mixed = []
    for _ in range(MIXTURES):
        one, other = (people[name] for name in chance.choice(names, 2, replace=False))
        first, second = one[chance.integers(len(one))].copy(), other[chance.integers(len(other))]
        at = int(chance.integers(0, max(1, len(first) // 3)))
        length = min(len(first) - at, len(second))
        first[at : at + length] += second[:length] * np.float32(10 ** (-chance.choice([0, 3, 6]) / 20))
        mixed.append(_in_a_room(first, chance))
    return mixed


def fitted(
    single: npt.NDArray[np.float64], several: npt.NDArray[np.float64]
) -> tuple[npt.NDArray[np.float64], float]:
    """The weights and the bias of a logistic regression, its zero where `ALARMS` of the single ones are mistaken."""
    rows = np.concatenate([single, several])
    truth = np.r_[np.zeros(len(single)), np.ones(len(several))]
    middle, spread = rows.mean(axis=0), rows.std(axis=0)
    design = np.c_[(rows - middle) / spread, np.ones(len(rows))]
    balance = np.where(truth == 1, 0.5 / truth.mean(), 0.5 / (1 - truth.mean()))
    line = np.zeros(design.shape[1])
    for _ in range(60):
        guess = 1 / (1 + np.exp(-design @ line))
        slope = design.T @ (balance * (guess - truth)) / len(truth) + 0.01 * np.r_[line[:-1], 0]
        bend = (design * (balance * guess * (1 - guess))[:, None]).T @ design / len(truth)
        line -= np.linalg.solve(bend + 0.01 * np.eye(len(line)), slope)
    weights = line[:-1] / spread
    return weights, -float(np.quantile(single @ weights, 1 - ALARMS))


def decoded(sounds: Sequence[Floats], recognizer: Recognizer) -> npt.NDArray[np.bool_]:
    """Which of the sounds get the mark in a record: those that the decoder is unsure of as well."""
    marked = []
    for sound in sounds:
        event = Ended(start=0, end=len(sound), cut=len(sound), spoken=len(sound), certainty=0.95)
        manner = Manner(language="zh", prompt="")
        final = decode_final(recognizer, sound, event, manner, beam_size=5, window_s=FULL_WINDOW_S)
        marked.append(final.several)
    return np.array(marked)


def _even(sound: Floats) -> Floats:
    even: Floats = (sound / np.sqrt(np.mean(sound**2) + 1e-12) * 0.05).astype(np.float32)
    return even


def _in_a_room(sound: Floats, chance: np.random.Generator) -> Floats:
    kind = int(chance.integers(4))
    if kind in (1, 3):
        sound = _echoed(sound, chance.uniform(0.3, 0.9), chance.uniform(0, 6), chance)
    if kind in (2, 3):
        spectrum = np.fft.rfft(chance.standard_normal(len(sound)))
        noise = np.fft.irfft(spectrum / np.sqrt(np.arange(1, len(spectrum) + 1)), len(sound))
        loudness = np.sqrt(np.mean(sound**2)) * 10 ** (-chance.uniform(8, 20) / 20)
        sound = sound + noise / np.std(noise) * loudness
    return sound.astype(np.float32)


def _echoed(sound: Floats, seconds: float, direct_db: float, chance: np.random.Generator) -> Floats:
    count = round(seconds * RATE_HZ)
    tail = chance.standard_normal(count) * 10 ** (-3 * np.arange(count) / count)
    tail[0] = 0
    tail *= 10 ** (-direct_db / 20) / np.sqrt(np.sum(tail**2))
    tail[0] = 1
    size = 1 << (len(sound) + count).bit_length()
    return np.fft.irfft(np.fft.rfft(sound, size) * np.fft.rfft(tail, size), size)[: len(sound)].astype(np.float32)


def measure_decoded(people: Speakers, names: Sequence[str], chance: np.random.Generator, count: int) -> None:
    """Prints how often single and several voices are marked once the decoder has had its say."""
    recognizer = FasterWhisperRecognizer(ModelStore().find("whisper-base"))
    for made in (alone, together):
        sounds = made(people, names, chance)
        chosen = [sounds[place] for place in chance.permutation(len(sounds))[:count]]
        heard = np.array([several_speak(sound) for sound in chosen])
        marked = decoded(chosen, recognizer)
        print(f"{made.__name__}: {len(chosen)}, by sound {heard.mean():.1%}, marked {marked.mean():.1%}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("voices", type=Path, nargs="?")
    parser.add_argument("--decoded", type=int, help="decode so many of each kind instead")
    given = parser.parse_args()
    people = speakers(SHARED / "speech", given.voices)
    chance = np.random.default_rng(SEED)
    names = [name for name in sorted(people) if name[:2] in ("A1", "A3", "FL", "zf", "zm")]
    chance.shuffle(names)
    if given.decoded:
        measure_decoded(people, names, chance, given.decoded)
        return
    halves = names[::2], names[1::2]
    sets = [
        [np.array([sums(sound) for sound in made(people, half, chance)]) for made in (alone, together)]
        for half in halves
    ]
    for train, test in (0, 1), (1, 0):
        weights, bias = fitted(*sets[train])
        single, several = (rows @ weights for rows in sets[test])
        order = (several[:, None] > single[None]).mean()
        shares = [f"{(several > np.quantile(single, 1 - a)).mean():.2f} at {a:.0%}" for a in (0.01, 0.02, 0.05)]
        alarms, recall = (single + bias > 0).mean(), (several + bias > 0).mean()
        print(
            f"never heard: {len(single)} alone, {len(several)} together; area {order:.3f}; heard {', '.join(shares)}"
        )
        print(f"  with the line as fitted: {alarms:.1%} false alarms, {recall:.0%} heard")
    weights, bias = fitted(*(np.concatenate([sets[0][kind], sets[1][kind]]) for kind in (0, 1)))
    print("WEIGHTS =", np.round(weights, 3).tolist(), "BIAS =", round(bias, 3))
    stored = [
        np.mean([several_speak(sound) for sound in made(people, names, chance)]) for made in (alone, together)
    ]
    print(f"the line of asr.overlap on all: {stored[0]:.1%} false alarms, {stored[1]:.0%} heard")


if __name__ == "__main__":
    main()
