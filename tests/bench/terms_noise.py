"""How well expected words are put right: sentences of invented offices, written wrongly by characters of like sound.

`python -m tests.bench.terms_noise [TEXTS...]`: with text files, also how often text that holds none of them is changed,
as it stands and with every twelfth character miswritten.
"""

import random
import re
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from asr.text.folding import is_han
from asr.text.lexicon import Lexicon, Person, Situation
from asr.text.sound import near_key, readings
from asr.text.spans import JOINERS
from asr.text.terms import correct
from tests.bench.terms_agendas import offices

_ADDRESSED = (
    "请{u}{n}同志汇报。|{u}{n}同志因出差请假。|下面请{n}同志发言。|{n}{t}，你来说。|由{n}同志牵头负责。|刚才{n}{t}讲得很好。"
    "|{u}的{n}{t}补充一下。|请{n}汇报。|请{t}{n}同志作说明。"
).split("|")
_MENTIONED = "这项工作交给{n}。|{n}负责这件事。|我和{n}商量过了。".split("|")
_WORDS = "会议听取了{x}的情况。|关于{x}，大家谈谈看法。|要继续抓好{x}工作。|下面说一下{x}。".split("|")
_UNITS = "由{x}牵头，办公室配合。|{x}要登记入账。|请{x}提出意见。|这件事{x}负责落实。".split("|")


@dataclass(frozen=True)
class Case:
    """A sentence as it was said and as it was heard; `said` is the name or word in it, `at` its place."""

    group: str
    truth: str
    heard: str
    said: str
    situation: Situation


@cache
def _characters() -> dict[str, list[str]]:
    import rjieba
    from pypinyin.constants import PINYIN_DICT

    table: dict[str, list[str]] = {}
    for code in PINYIN_DICT:
        if 0x4E00 <= code <= 0x9FA5 and rjieba.suggest_freq(chr(code)) > 400:
            table.setdefault(readings(chr(code))[0][0], []).append(chr(code))
    return table


@cache
def _near_characters() -> dict[str, list[str]]:
    table: dict[str, list[str]] = {}
    for syllable, chars in _characters().items():
        table.setdefault(near_key(syllable), []).extend(chars)
    return table


def miswrite(word: str, dice: random.Random, near: bool) -> str:
    """One to all characters of a word replaced by others of the same, or one of near, sound."""
    chars = [at for at, char in enumerate(word) if char not in JOINERS]
    sounds = dict(zip(chars, readings("".join(word[at] for at in chars)), strict=True))
    out = list(word)
    for at in dice.sample(chars, dice.randint(1, min(2, len(chars)))):
        same = [char for char in _characters().get(sounds[at][0], []) if char != word[at]]
        like = [char for char in _near_characters().get(near_key(sounds[at][0]), []) if char != word[at]]
        choice = like if near else same
        if choice:
            out[at] = dice.choice(choice)
    return "".join(char for char in out if char not in JOINERS)


def cases(lexicon: Lexicon, seed: int) -> Iterator[Case]:
    """Each name and word of a lexicon in sentences, miswritten."""
    dice = random.Random(seed)
    for person in lexicon.people:
        for near in (False, True):
            for templates, group in ((_ADDRESSED, "name addressed"), (_MENTIONED, "name mentioned")):
                yield _name_case(lexicon, person, dice.choice(templates), group, dice, near)
        yield from _written_right(lexicon, person, dice)
    yield from _strangers(lexicon, dice)
    for word in lexicon.words:
        for near in (False, True):
            template = dice.choice(_UNITS if word.kind.startswith("unit") else _WORDS)
            heard = miswrite(word.text, dice, near)
            kind = "unit" if word.kind.startswith("unit") else "term"
            group = (
                f"{kind} {min(len(word.text), 5)}{'+' if len(word.text) > 4 else ' '} {'near' if near else 'same'}"
            )
            yield Case(group, template.format(x=word.text), template.format(x=heard), word.text, Situation())


def _written_right(lexicon: Lexicon, person: Person, dice: random.Random) -> Iterator[Case]:
    """The name as it was said, and written like that of another who sounds alike."""
    templates = _ADDRESSED if person.present else ("{u}{n}同志因出差请假。",)
    template, facts = dice.choice(templates), {"u": dice.choice(person.units), "t": person.titles[0]}
    truth = template.format(n=person.name, **facts)
    yield Case("name as said", truth, truth, person.name, Situation())
    for other in lexicon.people:
        if other.name != person.name and _key(other.name) == _key(person.name):
            yield Case(
                "name of a namesake", truth, template.format(n=other.name, **facts), person.name, Situation()
            )


def _strangers(lexicon: Lexicon, dice: random.Random) -> Iterator[Case]:
    """Names of nobody on the roster that share all but one syllable with somebody's."""
    keys = {_key(person.name) for person in lexicon.people}
    for person in lexicon.people:
        longer = miswrite(person.name, dice, False) + dice.choice("民平华军峰丽")
        if _key(longer) not in keys and dice.random() < 0.5:
            facts = {"u": dice.choice(person.units), "t": person.titles[0]}
            said = dice.choice((*_ADDRESSED, *_MENTIONED, "这件事由{u}{n}负责。")).format(n=longer, **facts)
            yield Case(
                "name of a stranger, longer", said, said, longer, Situation(presenters=frozenset({person.name}))
            )
    syllables = sorted(_characters())
    for person in lexicon.people:
        chars = [char for char in person.name if char not in JOINERS]
        for at in range(len(chars)):
            chars[at] = dice.choice(_characters()[dice.choice(syllables)])
            name = "".join(chars)
            chars[at] = person.name.replace("·", "")[at]
            if _key(name) in keys:
                continue
            facts = {"u": dice.choice(person.units), "t": person.titles[0]}
            said = dice.choice(_ADDRESSED).format(n=name, **facts)
            yield Case("name of a stranger", said, said, name, Situation(presenters=frozenset({person.name})))


def _name_case(
    lexicon: Lexicon, person: Person, template: str, group: str, dice: random.Random, near: bool
) -> Case:
    if not person.present and group == "name addressed":
        template = "{u}{n}同志因出差请假。"
    facts = {"u": dice.choice(person.units), "t": person.titles[0]}
    others = [one.name for one in lexicon.people if one is not person]
    alike = _key(person.name) in {_key(one) for one in others}
    strangers = [one for one in others if _key(one) != _key(person.name)]
    presenter = person.name if dice.random() < 0.5 and person.present else dice.choice(strangers)
    heard = miswrite(person.name, dice, near)
    label = f"{group} {'namesake' if alike else min(len(person.name), 4)} {'near' if near else 'same'}"
    truth, wrong = template.format(n=person.name, **facts), template.format(n=heard, **facts)
    return Case(label, truth, wrong, person.name, Situation(presenters=frozenset({presenter})))


def _key(name: str) -> tuple[str, ...]:
    return tuple(near_key(sound[0]) for sound in readings("".join(char for char in name if char not in JOINERS)))


def _score(lexicons: Sequence[Lexicon]) -> None:
    counts: dict[str, Counter[str]] = {}
    for lexicon in lexicons:
        names = {person.name for person in lexicon.people}
        for seed in range(3):
            for case in cases(lexicon, seed):
                if case.heard == case.truth and "name " not in case.group[:5]:
                    continue
                result, tally = (
                    correct(case.heard, lexicon, case.situation),
                    counts.setdefault(case.group, Counter()),
                )
                wrong = [change for change in result.changes if change.after in names - {case.said}]
                tally["all"] += 1
                tally["right"] += result.text == case.truth
                tally["marked"] += bool(result.marks)
                tally["wrong"] += result.text not in (case.truth, case.heard)
                tally["wrong person"] += bool(wrong)
                if wrong or ("-v" in sys.argv and result.text not in (case.truth, case.heard)):
                    print("  !", case.truth, case.heard, result)
                if (
                    "-m" in sys.argv
                    and result.text == case.heard
                    and not result.marks
                    and "mentioned" not in case.group
                ):
                    print("  ?", case.group, case.truth, case.heard)
    for group, tally in sorted(counts.items()):
        print(
            f"{group:32} "
            + "  ".join(f"{name} {tally[name]:4}" for name in ("all", "right", "marked", "wrong", "wrong person"))
        )


def _noise(text: str, dice: random.Random) -> str:
    return "".join(
        miswrite(char, dice, True) if is_han(char) and dice.random() < 1 / 12 else char for char in text
    )


def _false(lexicons: Sequence[Lexicon], texts: Sequence[str]) -> None:
    dice, sentences = (
        random.Random(1),
        [one for text in texts for one in re.findall(r"[^。！？\n]+[。！？]?", text)],
    )
    size = sum(map(len, sentences))
    noisy = [_noise(sentence, dice) for sentence in sentences]
    for lexicon in lexicons:
        changed, spoilt, began = 0, Counter[tuple[str, str, str, str]](), time.process_time()
        for sentence, heard in zip(sentences, noisy, strict=True):
            changed += sum(len(change.before) for change in correct(sentence, lexicon).changes)
            for change in correct(heard, lexicon).changes:
                at = heard.find(change.before)
                if sentence[at : at + len(change.before)] != change.after:
                    spoilt[
                        sentence[max(0, at - 6) : at + len(change.before) + 4],
                        change.before,
                        change.after,
                        change.reason,
                    ] += 1
        ms = (time.process_time() - began) / size / 2 * 60_000
        bad = sum(len(key[1]) * count for key, count in spoilt.items())
        print(
            f"{len(lexicon.people)} people: {size} chars, false {changed / size:.5%}, "
            f"noisy {bad / size:.5%}, {ms:.2f} ms/60 chars"
        )
        for key, count in spoilt.most_common(40):
            print("    ", count, *key)


if __name__ == "__main__":
    known = list(offices().values())
    _score(known)
    paths = [Path(name) for name in sys.argv[1:] if not name.startswith("-")]
    if paths:
        _false(known, [path.read_text(encoding="utf-8", errors="replace") for path in paths])
