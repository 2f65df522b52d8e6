"""Variant forms of characters (異體字): how else people and old files write what has a usual form.

Two sources: forms that OpenCC knows from Japanese print, which are those of many old Chinese books as well (戸 歩 寛),
and a table of others. Characters that written Chinese uses for themselves are left alone (芸 in a name is not 藝):
all of GB 2312 are taken for such.
"""

from functools import cache
from typing import Any

# By the List of the First Batch of Standardized Variants (1955) and old print; the usual form, then how else it is
# written. Forms that OpenCC makes simplified itself are not here.
_TABLE = (
    "国囯囻圀 高髙 青靑 清淸 绪緖 污汚 值値 吴呉 券劵 朵朶 户戸 富冨 冤寃 宜冝 凭凴 劫刧 丐匃 咒呪 "
    "回囬囘 本夲 娱娯 屏屛 纸帋 帮幇 慎愼 揭掲 叙敍 晚晩 曾曽 柳栁 每毎 熙煕 疏疎 明眀 研硏 联聨 "
    "远逺 乡鄕郷 饮飮 驱駈 厅厛 尔尓 泪涙 俞兪 卫衞 卷巻 填塡 颠顚 吞呑 兔兎 敛歛 留畱 略畧 秋秌 "
    "和咊 鞋鞵 鹅鵞 蟹蠏 期朞 峨峩 裙裠 邻隣 阔濶 膝厀 总緫 暖煖 焰燄 炮砲 梅楳 桌槕 草艸 莓苺 蚁螘 "
    "举挙 涩渋 矿鉱 斗闘"
)


@cache
def _usual() -> dict[str, str]:
    return {other: usual[0] for usual in _TABLE.split() for other in usual[1:]}


@cache
def _converter() -> Any:
    import opencc

    return opencc.OpenCC("jp2t")


def usual_form(char: str) -> str:
    """The usual form of a variant, maybe a traditional one; any other character as it is."""
    if len(char) != 1 or char < "\u3400" or _stands_for_itself(char):
        return char
    usual = _usual().get(char) or str(_converter().convert(char))
    return usual if len(usual) == 1 else char


def _stands_for_itself(char: str) -> bool:
    try:
        char.encode("gb2312")
    except UnicodeEncodeError:
        return False
    return True
