"""A query read by its sound: pinyin in Latin letters, and Chinese that is written otherwise than the texts have it.

What is heard becomes an ordinary query: a clause with the strings that the texts hold and that sound so.
"""

from collections import Counter
from collections.abc import Sequence

from search.columns import Mask
from search.lookup import is_written
from search.pinyin import Characters, Sound, read_as, sounding_like, spellings
from search.query import Clause, Token
from search.source import Source
from search.words import Words

Sources = Sequence[tuple[Source, Mask]]
"""With the passages that count."""

_MOST_STRINGS = 16
# Abbreviations so short stand for too much: only whole words are meant.
_SHORT = 3
# Two syllables that only nearly sound alike are no evidence.
_LEAST_NEARLY = 3
_SURNAMES = frozenset(
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林罗高梁郑谢宋唐许韩邓冯曹彭曾肖田董袁潘于蒋蔡余杜叶程魏苏吕丁任卢姚沈钟姜崔谭陆范汪廖石金韦贾夏付方邹熊白孟秦邱侯江尹薛"
    "闫段雷龙黎史陶贺毛郝顾龚邵万覃武钱戴严莫孔向常汤温康施洪季柳樊齐仇谌尉单解𠮷"
)


def heard(sources: Sources, words: Words, clauses: Sequence[Clause]) -> tuple[Clause, ...]:
    """The clauses with what is written nowhere replaced by what sounds so; none where nothing does."""
    if letters := _letters(clauses):
        return _heard_letters(sources, words, letters)
    replaced = [_heard_or_written(sources, words, clause) for clause in clauses]
    changed = [new for new, old in zip(replaced, clauses, strict=True) if new != old]
    return tuple(replaced) if changed and all(clause.leaves for clause in replaced) else ()


def heard_beside(sources: Sources, clauses: Sequence[Clause]) -> tuple[Clause, ...]:
    """What sounds like clauses that are written somewhere: people's names, and whole syllables of pinyin."""
    if letters := _letters(clauses):
        found = [_clause(_whole_syllables(sources, word)) for word in letters]
        return tuple(found) if all(clause.leaves for clause in found) else ()
    named = [_is_name(sources, clause) for clause in clauses]
    if not any(named):
        return ()
    beside = [
        _clause(_like(sources, clause.tokens[0].text, nearly=len(clause.tokens[0].text) >= _LEAST_NEARLY))
        if name
        else clause
        for name, clause in zip(named, clauses, strict=True)
    ]
    return tuple(beside) if all(clause.leaves for clause in beside) else ()


def _letters(clauses: Sequence[Clause]) -> list[str]:
    """The words of a query that is Latin letters throughout; none of any other."""
    tokens = [clause.tokens[0] for clause in clauses if len(clause.leaves) == 1 and clause.tokens]
    texts = [token.text for token in tokens if not token.exact and token.text.isascii() and token.text.isalpha()]
    return texts if len(texts) == len(clauses) else []


def _heard_letters(sources: Sources, words: Words, letters: list[str]) -> tuple[Clause, ...]:
    """As one phrase, else each word by itself."""
    if len(letters) > 1:
        parted = [spellings(word) for word in letters]
        first = [(whole or mixed or [()])[0] for whole, mixed in parted]
        if all(first) and (found := _strings(sources, [read_as(sound) for one in first for sound in one])):
            return (_clause(found),)
    found_each = [_clause(_of_letters(sources, words, word)) for word in letters]
    return tuple(found_each) if all(clause.leaves for clause in found_each) else ()


def _of_letters(sources: Sources, words: Words, letters: str) -> Counter[str]:
    whole, mixed = spellings(letters)
    if found := _whole_syllables(sources, letters):
        return found
    if found := _spelled(sources, whole, nearly=True):
        return found
    if len(letters) <= _SHORT and (known := _of_initials(sources, words, letters)):
        return known
    for spelling in mixed if len(letters) > 1 else ():
        if found := _strings(sources, [read_as(sound) for sound in spelling]):
            return found
    return Counter()


def _of_initials(sources: Sources, words: Words, letters: str) -> Counter[str]:
    """Words of the archive with these initials, and whatever has them in the running meeting."""
    known = words.with_initials(letters, _MOST_STRINGS)
    found = Counter({word: len(known) - at for at, word in enumerate(known)})
    sounds = [read_as(Sound(letter, False)) for letter in letters]
    return found + _strings(sources[1:], sounds)


def _whole_syllables(sources: Sources, letters: str) -> Counter[str]:
    return _spelled(sources, spellings(letters)[0], nearly=False)


def _spelled(sources: Sources, ways: Sequence[tuple[Sound, ...]], *, nearly: bool) -> Counter[str]:
    found: Counter[str] = Counter()
    for way in ways:
        # One syllable alone stands for a hundred characters.
        if len(way) > 1:
            found |= _strings(sources, [read_as(sound, nearly) for sound in way])
    return found


def _heard_or_written(sources: Sources, words: Words, clause: Clause) -> Clause:
    """The clause, if it is written anywhere; else what sounds like it, without leaves where nothing does."""
    if len(clause.leaves) > 1 or not clause.tokens or clause.tokens[0].exact:
        return clause
    if is_written(sources, clause):
        return clause
    text = clause.tokens[0].text
    if text.isascii() and text.isalpha():
        return _clause(_of_letters(sources, words, text))
    found = _like(sources, text, nearly=False)
    if not found and len(text) >= _LEAST_NEARLY:
        found = _like(sources, text, nearly=True)
    return _clause(found)


def _like(sources: Sources, text: str, *, nearly: bool) -> Counter[str]:
    """Strings that sound like `text` and are not it."""
    if len(text) < 2:
        return Counter()
    found = _strings(sources, [sounding_like(char, nearly) for char in text])
    del found[text]
    return found


def _strings(sources: Sources, sounds: Sequence[Characters]) -> Counter[str]:
    found: Counter[str] = Counter()
    for source, mask in sources:
        found.update(source.sounding(sounds, mask))
    return found


def _clause(strings: Counter[str]) -> Clause:
    return Clause(tuple(Token(string, exact=True) for string, _ in strings.most_common(_MOST_STRINGS)))


def _is_name(sources: Sources, clause: Clause) -> bool:
    """Whether a clause is the name of a person: of one who spoke, or three characters that begin with a surname."""
    if len(clause.leaves) > 1 or not clause.tokens or clause.tokens[0].exact:
        return False
    text = clause.tokens[0].text
    spoke = any(source.columns.has_speaker(text) for source, _ in sources)
    return spoke or (len(text) == 3 and text[0] in _SURNAMES)
