"""Text that the model invents where nobody speaks.

Whisper learnt from subtitles, so silence and music bring up their credits. They go only where the sound speaks
against them as well, and a vote never goes: 同意 is short, quiet, and decides.
"""

import re

from asr.text.evidence import Evidence
from asr.text.folding import folded

VOTES = frozenset(
    "同意 我同意 都同意 不同意 反对 我反对 弃权 我弃权 没有 没有意见 我没有意见 没意见 无意见 赞成 我赞成 通过 "
    "好 好的 是 是的 对 可以 行 不行 有 到".split()
)

_CREDITS = re.compile(
    r"字幕由|字幕(?:制作|志愿者|组|提供|校对|后期|by)|amaraorg|明镜与点点|明镜(?:需要|火拍|电视)|点点栏目"
    r"|(?:请不吝)?点赞.{0,4}订阅|订阅.{0,8}(?:转发|打赏|频道|小铃铛|按赞)|打赏支持"
    r"|(?:谢谢|感谢)(?:您|你|大家|各位)?(?:的)?(?:观看|收看|收听|观赏)|(?:我们)?下(?:期|集|次|个视频)(?:节目)?(?:再见|见)"
    r"|(?:词|作词|曲|作曲|编曲|演唱|制作人?)[:： ]|优优独播|yoyotelevision|独播剧场|中文字幕"
    r"|未经(?:作者)?(?:授权|许可).{0,6}(?:转载|翻唱)"
    r"|thankyouforwatching|thanksforwatching|subtitlesby|subscribe(?:to)?(?:my|our)?channel|按赞.{0,3}订阅"
)
_SENTENCE = re.compile(r"[^。！？!?\n]*[。！？!?\n]?")


def is_vote(text: str) -> bool:
    """Whether the text is nothing but short answers of a vote."""
    words = [folded(part) for part in re.split(r"[，,。、！!？?\s]+", text)]
    return any(words) and all(word in VOTES for word in words if word)


def drop_inventions(text: str, evidence: Evidence) -> str:
    """Removes sentences known to be invented, and everything where the sound says that nobody spoke."""
    if is_vote(text):
        return text
    if evidence.unspoken or _echoes(text, evidence):
        return ""
    if not evidence.doubtful:
        return text
    return "".join(part for part in _SENTENCE.findall(text) if not _is_credit(part))


def _is_credit(sentence: str) -> bool:
    return bool(_CREDITS.search(folded(sentence)) or _CREDITS.search(sentence))


def _echoes(text: str, evidence: Evidence) -> bool:
    """Whether the decoder, hearing nothing, read its prompt aloud."""
    words = folded(text)
    return evidence.doubtful and len(words) >= 6 and words in folded(evidence.prompt)
