"""Text that the model invents where nobody speaks.

Whisper learnt from subtitles, so silence and music bring up their credits. They go only where the sound speaks
against them as well, and a vote never goes: 同意 is short, quiet, and decides.
"""

import re

from asr.text.evidence import Evidence
from asr.text.folding import folded
from asr.text.votes import decides

_CREDITS = re.compile(
    r"(?:请|欢迎|本期|以上|中文)*(?:"
    r"字幕(?:由|制作|志愿者|组|提供|校对|后期|by)|amaraorg|明镜(?:与点点|需要您|火拍|电视)|点点栏目"
    r"|(?:不吝)?点赞.{0,4}(?:订阅|转发)|订阅.{0,8}(?:转发|打赏|频道|小铃铛|按赞)|打赏支持"
    r"|(?:谢谢|感谢)(?:您|你|大家|各位)?的?(?:观看|收看|收听|观赏)"
    r"|(?:我们)?下期(?:节目)?再?见|(?:我们)?下个视频"
    r"|(?:作词|作曲|编曲|演唱)(?!家|者)|优优独播|yoyotelevision|未经(?:作者)?(?:授权|许可).{0,6}(?:转载|翻唱)"
    r"|thankyouforwatching|thanksforwatching|subtitlesby|subscribe(?:to)?(?:my|our)?channel)"
)
_CREDIT_CHARS = 40
"""A longer sentence that begins like a credit says something else as well."""
_SENTENCE = re.compile(r"[^。！？!?\n]*[。！？!?\n]?")


def drop_inventions(text: str, evidence: Evidence) -> str:
    """Removes sentences known to be invented, and everything where the sound says that nobody spoke."""
    if decides(text, evidence):
        return text
    if evidence.unspoken or _echoes(text, evidence):
        return ""
    if not evidence.doubtful:
        return text
    return "".join(part for part in _SENTENCE.findall(text) if not _is_credit(part))


def _is_credit(sentence: str) -> bool:
    words = folded(sentence)
    return len(words) <= _CREDIT_CHARS and _CREDITS.match(words) is not None


def _echoes(text: str, evidence: Evidence) -> bool:
    """Whether the decoder, hearing nothing, read its prompt aloud."""
    words = folded(text)
    return evidence.doubtful and len(words) >= 6 and words in folded(evidence.prompt)
