"""How Chinese characters sound: toneless syllables, and which of them speakers and decoders take for each other."""

from functools import cache, lru_cache

Readings = tuple[str, ...]
"""The syllables a character may stand for, the likeliest first; a character without one stands for itself."""

_INITIALS = ("zh", "ch", "sh", *"bpmfdtnlgkhjqxzcsryw")
_NEAR_INITIALS = {"zh": "z", "ch": "c", "sh": "s", "n": "l"}
_F_AS_H = {
    "u": "u",
    "a": "ua",
    "ei": "ui",
    "an": "uan",
    "ang": "uang",
    "en": "un",
    "eng": "ung",
    "ou": "ou",
    "o": "uo",
}
_OTHER_READING = 1.0
_HEARD_READINGS = 2
"""A decoder writes no character for the sake of its third reading."""
_NASAL_A = 1.5
_SURNAMES = {
    surname: spoken.replace("+", " ")
    for surname, spoken in (
        pair.split("=")
        for pair in (
            "单=shan 曾=zeng 解=xie 仇=qiu 任=ren 乐=yue 盖=ge 区=ou 朴=piao 查=zha 尉迟=yu+chi 万俟=mo+qi "
            "长孙=zhang+sun 澹台=tan+tai 翟=zhai 覃=qin 员=yun 缪=miao 种=chong 冼=xian 牟=mou 曲=qu 宁=ning "
            "华=hua 葛=ge 訾=zi 逄=pang 隗=wei 召=shao "
            "祭=zhai 车=che 石=shi 洗=xian 应=ying 折=she 都=du 盛=sheng 乜=nie"
        ).split()
    )
}
_LIKE_INITIALS = ("jqx", "zcs", "bp", "dt", "gkh")


@lru_cache(maxsize=16384)
def _lone_readings(char: str) -> Readings:
    from pypinyin import Style, pinyin

    return tuple(dict.fromkeys(pinyin(char, style=Style.NORMAL, heteronym=True)[0])) or (char,)


@lru_cache(maxsize=512)
def readings(text: str) -> tuple[Readings, ...]:
    """One entry per character of Chinese text: the reading its neighbours call for first, then its others."""
    from pypinyin import Style, pinyin

    spoken = [heard[0] for heard in pinyin(text, style=Style.NORMAL)]
    if len(spoken) != len(text):
        return tuple(_lone_readings(char) for char in text)
    return tuple(
        tuple(dict.fromkeys((first, *_lone_readings(char)[:_HEARD_READINGS])))
        for first, char in zip(spoken, text, strict=True)
    )


def name_readings(name: str) -> tuple[Readings, ...]:
    """How a person's name is read: many a surname has a reading of its own, and given names have the usual one."""
    usual = tuple(sound[:1] for sound in readings(name))
    for length in (2, 1):
        if spoken := _SURNAMES.get(name[:length]):
            own = tuple((*dict.fromkeys((one, *read)),) for one, read in zip(spoken.split(), usual, strict=False))
            return own + usual[length:]
    return usual


@cache
def _parts(syllable: str) -> tuple[str, str]:
    for initial in _INITIALS:
        if syllable.startswith(initial):
            return initial, syllable[len(initial) :]
    return "", syllable


@cache
def near_key(syllable: str) -> str:
    """What a syllable is reduced to where zh/z, ch/c, sh/s, n/l, f/h, -n/-ng are one."""
    initial, final = _parts(syllable)
    if initial == "f":
        initial, final = "h", _F_AS_H.get(final, final)
    if final.endswith(("ing", "eng", "ang", "ung")):
        final = final[:-1]
    return _NEAR_INITIALS.get(initial, initial) + final


@lru_cache(maxsize=65536)
def distance(one: str, other: str) -> float | None:
    """0 for the same syllable, 1 for each near-sound class between the two (a/ang: 1.5), None if they sound apart."""
    if one == other:
        return 0.0
    if near_key(one) != near_key(other):
        return None
    (initial, final), (initial2, final2) = _parts(one), _parts(other)
    nasal = final.endswith("ng") != final2.endswith("ng")
    through_a = final.endswith(("ang", "an"))
    return (initial != initial2) * 1.0 + nasal * (_NASAL_A if through_a else 1.0)


@lru_cache(maxsize=65536)
def alike(one: str, other: str) -> bool:
    """Whether two syllables that sound apart still share their frame: xin and xian, qian and xian."""
    (initial, final), (initial2, final2) = _parts(near_key(one)), _parts(near_key(other))
    if not final or not final2:
        return False
    if initial == initial2:
        return final[0] == final2[0] and final[-1] == final2[-1] and final[-1] == "n"
    return final == final2 and any(initial in group and initial2 in group for group in _LIKE_INITIALS if initial)


@lru_cache(maxsize=65536)
def reading_distance(heard: Readings, meant: Readings) -> float | None:
    """The least distance over all readings of two characters; one out of context costs half a class on its side."""
    best: float | None = None
    for at, one in enumerate(heard):
        for at2, other in enumerate(meant):
            apart = distance(one, other)
            if apart is not None:
                apart += _OTHER_READING * ((at > 0) + (at2 > 0)) / 2
                best = apart if best is None else min(best, apart)
    return best
