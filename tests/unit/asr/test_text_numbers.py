import importlib.util
import json
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from asr.results import Change
from asr.text.numbers import figures
from asr.text.numerals import figure, reading, value

CHANGED = """
百分之九十五→95% 百分之八十七点六→87.6% 百分之零点五→0.5% 百分之一百二十→120% 百分之三十到百分之四十→30%到40%
占百分之二十五以上→占25%以上 九十五个百分点→95个百分点 一点五个百分点→1.5个百分点 一个百分点→1个百分点
二〇一八年七月底→2018年7月底 二零一八年第五次→2018年第五次 一九九八年十二月三日→1998年12月3日
四月十五日→4月15日 三月底前→3月底前 五月三十一日前→5月31日前 三月初→3月初 六月份→6月份 四月到五月→4月到5月
今年四月召开→今年4月召开 四月十到十五日→4月10到15日 每月十号前→每月10号前 2018年七月底→2018年7月底
7月三十一日→7月31日 今年四月20日→今年4月20日 八十年代→80年代 二十一世纪→21世纪 一百周年→100周年 二十年来→20年来
一百二十八个→128个 三千四百二十六处→3426处 一千零五个→1005个 一百零三人→103人 一百一十条→110条 十二间→12间
全国二十八个省→全国28个省 总数十二个→总数12个 意见十一条→意见11条 二十个来自基层→20个来自基层
两百一十七万平方米→217万平方米 一千九百五十万元→1950万元 四亿两千万元→4亿2000万元 三万六千七百户→36700户
十亿零八百一十七万五千二百八十八人→10亿零817万5288人 一点三万亿元→1.3万亿元 五元→5元 两万人→2万人
一百二十万千瓦→120万千瓦 五千瓦→5千瓦 三千米→3000米 两公里→2公里 二点五倍→2.5倍 两点五倍→2.5倍
三点五小时→3.5小时 三十到四十个→30到40个 八到十二个→8到12个 三到五万元→3到5万元
上午九点半→上午9点半 上午九点三十分到十一点→上午9点30分到11点 十五时四十分→15时40分 下午三点→下午3点
二百二十三亿九千零一十万个→223亿9010万个 百分之九十五，𠮷野·买买提😀二十人→95%，𠮷野·买买提😀20人
""".split()

KEPT = """
第三条 第一个议题 第五次 第二十三次会议 第十条、十一条、十二条 第三十二条至三十五条 条例三十五条 国十条 第十五个五年规划
一是 二是 一方面 三供一业 张三 一把手 五一放假 双十一 一下 统一 万一 不一 一些 三重一大 两会 两个维护 一致同意
十四五规划 十二五期间 二十届四中全会 党的二十大 两个一百年 三八妇女节 九一八事变 十月革命 十分重要 千万不要 百万职工
十万八千里 一百个放心 一万个不愿意 十万个为什么 三十年河东 十年磨一剑 十天半月 百分之百 二元结构 最后一公里 一亩三分地
一个小区一个小区地盯 三个小区 两项 三天之内 六个月 两倍 三年行动 一年 二年内 五年规划 三到五个
十几 十几个 几十 几十个 数十万元 三四十 三四十个 一万多页 二十多个 二十余次 一两百人 一千七八百元 十来个 上百户 三十几
百分之二十多 百分之八九十 一百二 一千五 两百五 半年 十二个半小时 十个多小时 三分之一 三十分之一 千分之三
百分之三十到四十 一百二、三十个 两到三百人 二零二五到二零二七年 三点五十人 上午九点零五分 十二元五角 两千零一十八年
三月三 三月初三 农历八月十五日 甲午年八月十五日 民国三十八年 光绪二十年 一月一报 一月前 三四月份 星期三十个人
一八年七月底 两千零一十八年七月底
九点半 零点五 一四七八 幺三八零零一三八零零零 二〇二六五号文 三月五号文件 神舟十五号 三百五十 两千
326间 42次 第2个议题 3万五千元 2百万元 1.3万亿元 95% OK 会议 😀 𠮷〇
""".split()


@pytest.mark.parametrize("case", CHANGED)
def test_certain_numbers_become_figures(case: str) -> None:
    heard, wanted = case.split("→")
    assert figures(heard)[0] == wanted
    assert figures(f"会上说，{heard}。")[0] == f"会上说，{wanted}。"


@pytest.mark.parametrize("heard", KEPT)
def test_all_else_keeps_its_words(heard: str) -> None:
    assert figures(heard) == (heard, ())
    assert figures(f"会上说，{heard}。") == (f"会上说，{heard}。", ())


def test_each_change_is_told_in_its_order() -> None:
    assert figures("二〇一八年七月底前清查三百二十六间，整改百分之九十五")[1] == tuple(
        Change(before=before, after=after, reason="figures")
        for before, after in (
            ("二〇一八年", "2018年"),
            ("七月", "7月"),
            ("三百二十六间", "326间"),
            ("百分之九十五", "95%"),
        )
    )


numbers = st.one_of(st.integers(0, 10**12), st.integers(0, 12).flatmap(lambda size: st.integers(0, 10**size)))


def both_ways(words: str, two: bool, zero: bool) -> str:
    """What a speaker may say for it: 两 before 百, 千, 万, 亿, and 〇."""
    for unit in "百千万亿" if two else "":
        words = words.replace("二" + unit, "两" + unit)
    return words.replace("零", "〇") if zero else words


@settings(max_examples=500, deadline=None)
@given(numbers, st.booleans(), st.booleans())
def test_words_say_the_number_they_were_read_from(number: int, two: bool, zero: bool) -> None:
    assert value(both_ways(reading(number), two, zero)) == number


@pytest.mark.parametrize(
    "words",
    ["三四十", "一百二", "一百十", "五一", "百", "万五", "二十零", "十两", "两十", "", "零零", "亿" * 5000],
)
def test_what_only_looks_like_a_number_has_no_value(words: str) -> None:
    assert value(words) is None and figure(words) is None


heard_texts = st.lists(
    st.one_of(
        st.sampled_from("零〇一二两三四五六七八九十百千万亿点年月日号时分第个人元条到至、和前底半多几来%3."),
        st.sampled_from(
            ["百分之", "平方米", "千瓦", "上午", "每月", "个百分点", "年底", "，", "同意", "第", "😀"]
        ),
        numbers.map(reading),
    ),
    max_size=12,
).map("".join)


@settings(max_examples=600, deadline=None)
@given(heard_texts)
def test_doing_it_again_changes_nothing(text: str) -> None:
    once, changes = figures(text)
    assert figures(once) == (once, ())
    assert bool(changes) == (once != text)


@given(st.text(max_size=60).filter(lambda text: not set(text) & set("零〇一二两三四五六七八九十百千万亿")))
def test_text_without_numerals_is_never_touched(text: str) -> None:
    assert figures(text) == (text, ())


@pytest.fixture(scope="module")
def said(shared_folder: Path) -> Callable[[str], str]:
    """The fold under which recognition is scored: figures read out, marks dropped."""
    path = shared_folder / "tools" / "score" / "score.py"
    if not path.exists():
        pytest.skip("the rules of scoring are not part of the repository")
    spec = importlib.util.spec_from_file_location("score", path)
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    fold: Callable[[str], str] = module.normalise
    return fold


@pytest.mark.shared
def test_figures_say_aloud_what_was_heard(said: Callable[[str], str]) -> None:
    @settings(max_examples=500, deadline=None)
    @given(numbers, st.booleans(), st.booleans(), st.sampled_from(["个", "元", "平方米", "人"]))
    def check_number(number: int, two: bool, zero: bool, unit: str) -> None:
        heard = both_ways(reading(number), two, zero) + unit
        written, changes = figures(heard)
        assert said(written) == said(heard)
        if 10 <= number < 10**8:
            assert changes

    @settings(max_examples=600, deadline=None)
    @given(heard_texts)
    def check_each_change(text: str) -> None:
        for change in figures(text)[1]:
            assert said(change.after) == said(change.before)

    check_number()
    check_each_change()


@pytest.mark.shared
def test_real_sentences_say_aloud_what_was_heard(said: Callable[[str], str], shared_folder: Path) -> None:
    texts = [
        json.loads(line)["text"]
        for path in sorted(shared_folder.glob("data/*-meeting/script.jsonl"))
        for line in path.read_text("utf-8").splitlines()
    ]
    texts += [
        line
        for path in shared_folder.glob("data/archive/texts/*")
        for line in path.read_text("utf-8").splitlines()
    ]
    changes = 0
    for text in texts:
        written, changed = figures(text)
        assert said(written) == said(text) and figures(written) == (written, ())
        changes += len(changed)
    assert len(texts) > 100 and changes > 80


@pytest.mark.parametrize("loop", ["亿", "一", "十到", "一百二十八个", "百分之", "第十、", "三月"])
def test_a_loop_of_the_decoder_does_no_harm(loop: str) -> None:
    started = time.process_time()
    figures(loop * 5000)
    assert time.process_time() - started < 5


def test_a_sentence_takes_no_time_that_a_viewer_could_notice() -> None:
    sentence = "全省共清查办公用房三千四百二十六处，建筑面积两百一十七万平方米，已经整改的占百分之八十七点六。"
    took = list[float]()
    for _ in range(50):
        started = time.perf_counter()
        figures(sentence)
        took.append(time.perf_counter() - started)
    assert min(took) < 0.001
