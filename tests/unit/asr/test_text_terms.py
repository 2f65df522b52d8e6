import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from asr.text.lexicon import Expected, Lexicon, Person, Situation
from asr.text.sound import near_key, readings
from asr.text.terms import correct
from tests.bench.terms_agendas import offices

LEXICON = Lexicon(
    people=(
        Person(name="李建国", units=("局领导",), titles=("局长",)),
        Person(name="黎建国", units=("公务用车管理处", "公车处"), titles=("处长",)),
        Person(name="张玮", units=("资产管理处", "资产处"), titles=("处长",)),
        Person(name="章伟", units=("财务处",), titles=("处长",), present=False),
        Person(name="何致远", units=("水文局",), titles=("科长",)),
        Person(name="贺志远", units=("移民处",), titles=("科长",)),
        Person(name="沈毅", units=("信息中心",), titles=("主任",)),
        Person(name="欧阳雪梅", units=("人事处",), titles=("副处长",)),
        Person(name="阿依古丽·吐尔逊", units=("艺术处",), titles=("处长",)),
        Person(name="刘䶮", units=("法规处",), titles=("处长",)),
        Person(name="单田芳", units=("文保处",), titles=("处长",)),
    ),
    words=(
        Expected(text="资产管理处", kind="unit"),
        Expected(text="资产处", kind="unit_short"),
        Expected(text="公车处", kind="unit_short"),
        Expected(text="财务处", kind="unit"),
        Expected(text="信息中心", kind="unit"),
        Expected(text="河长制"),
        Expected(text="试运行"),
        Expected(text="绕城高速"),
        Expected(text="病险水库除险加固"),
        Expected(text="审议绕城高速改扩建方案", kind="title"),
    ),
)
NAMES = {person.name for person in LEXICON.people}


def fixed(text: str, situation: Situation | None = None) -> str:
    return correct(text, LEXICON, situation).text


@pytest.mark.parametrize(
    ("heard", "meant"),
    [
        ("绕城告诉的进展怎么样。", "绕城高速的进展怎么样。"),
        ("病线水库除险加故，今年完成。", "病险水库除险加固，今年完成。"),
        ("由资产出牵头。", "由资产处牵头。"),
        ("这一块资产出要登记入账。", "这一块资产处要登记入账。"),
        ("沈毅绕城高速改扩建方案。", "审议绕城高速改扩建方案。"),
        ("请信息中先负责。", "请信息中心负责。"),
        ("请欧阳学梅同志汇报。", "请欧阳雪梅同志汇报。"),
        ("请艺术处阿衣古丽吐尔训同志发言。", "请艺术处阿依古丽·吐尔逊同志发言。"),
        ("请法规处刘眼同志发言。", "请法规处刘䶮同志发言。"),
        ("请善田方同志发言。", "请单田芳同志发言。"),
        ("信息中心审议统治会报。", "信息中心沈毅同志汇报。"),
        ("审议主任，你来说。", "沈毅主任，你来说。"),
        ("请法规处刘眼，同志，说一说。", "请法规处刘䶮，同志，说一说。"),
        ("请公车管理处理建国同志发言。", "请公车管理处黎建国同志发言。"),
        ("建议有资产出牵头。", "建议由资产处牵头。"),
        ("停去绕成高速改扩建方案。", "停去绕城高速改扩建方案。"),
        ("病线水库除千加固。", "病险水库除险加固。"),
    ],
)
def test_expected_words_are_put_right(heard: str, meant: str) -> None:
    assert fixed(heard) == meant


@pytest.mark.parametrize(
    ("heard", "meant"),
    [
        ("由办公室都办。", "由办公室督办。"),
        ("由公车处签头，财务处配合。", "由公车处牵头，财务处配合。"),
        ("由公车处先头，财务处配合。", "由公车处牵头，财务处配合。"),
        ("下面是第二个一题，", "下面是第二个议题，"),
        ("我作个会报。", "我作个汇报。"),
        ("每月向局党主书面报告。", "每月向局党组书面报告。"),
        ("请纪减组全程监督。", "请纪检组全程监督。"),
        ("列入都办台障。", "列入督办台账。"),
    ],
)
def test_office_words_are_put_right_in_their_phrases(heard: str, meant: str) -> None:
    assert correct(heard, Lexicon(words=(Expected(text="公车处", kind="unit_short"),))).text == meant


@pytest.mark.parametrize(
    "text",
    [
        "这件事我们都办好了。",
        "房子前头有一棵树。",
        "资产出售要公开。",
        "没有资产处牵头。",
        "今天的审议，同志们辛苦了。",
        "这里有资产处负责。",
        "资产出了问题谁负责。",
        "系统是运行在内网的。",
        "请大家审议。",
        "由会议审议通过。",
        "在这里建国。",
        "周末同志们休息。",
        "第一体育场。",
        "请回报社会。",
        "100资产，出300元。",
        "资产，出要登记。",
        "资产1出要登记。",
    ],
)
def test_what_makes_sense_as_it_stands_stays(text: str) -> None:
    result = correct(text, LEXICON)
    assert (result.text, result.changes) == (text, ())


@pytest.mark.parametrize(
    "text",
    ["请李建华同志汇报。", "请黎建华局长讲话。", "请沈丽同志汇报。", "请张静同志发言。", "何致平科长请假。"],
)
def test_people_who_are_not_listed_keep_their_names(text: str) -> None:
    assert fixed(text) == text


def test_a_name_that_is_near_needs_more_than_being_addressed() -> None:
    lexicon = Lexicon(people=(Person(name="陈静", units=("财务处",), titles=("处长",)),))
    assert correct("请陈进同志汇报。", lexicon).text == "请陈进同志汇报。"
    assert correct("请财务处陈进同志汇报。", lexicon).text == "请财务处陈静同志汇报。"


@pytest.mark.parametrize(
    ("heard", "situation", "meant", "reason"),
    [
        ("公车处理建国同志来讲。", Situation(), "公车处黎建国同志来讲。", "name_unit"),
        ("公车处李建国同志来讲。", Situation(), "公车处黎建国同志来讲。", "name_unit"),
        ("请立建国局长讲话。", Situation(), "请李建国局长讲话。", "name_title"),
        ("黎建国局长讲了三点。", Situation(), "李建国局长讲了三点。", "name_title"),
        ("财务处张伟同志请假。", Situation(), "财务处章伟同志请假。", "name_unit"),
        ("张伟同志因病请假。", Situation(), "章伟同志因病请假。", "name_present"),
        ("张伟同志，你来说。", Situation(), "张玮同志，你来说。", "name_present"),
        (
            "请和志远同志汇报。",
            Situation(presenters=frozenset({"贺志远"})),
            "请贺志远同志汇报。",
            "name_presenter",
        ),
        ("请立建国同志发言。", Situation(speaker="李建国"), "请黎建国同志发言。", "name_present"),
        ("我是立建国，", Situation(speaker="黎建国"), "我是黎建国，", "name_speaker"),
    ],
)
def test_namesakes_are_told_apart_by_what_decides(
    heard: str, situation: Situation, meant: str, reason: str
) -> None:
    result = correct(heard, LEXICON, situation)
    assert result.text == meant
    assert [change.reason for change in result.changes] == [reason]
    assert result.marks == ()


@pytest.mark.parametrize(
    ("heard", "situation"),
    [
        ("请李建国同志发言。", Situation()),
        ("请立建国同志发言。", Situation()),
        ("这件事由张伟同志负责。", Situation()),
        ("请张玮书记讲话。", Situation()),
        ("请和志远同志发言。", Situation(presenters=frozenset({"贺志远"}))),
        ("请和志远科长发言。", Situation()),
        ("我是李建国。", Situation(speaker="黎建国")),
        ("张伟同志同意李娜请假。", Situation()),
        ("请公车处李建国局长发言。", Situation()),
        ("请副局长立建国同志发言。", Situation()),
    ],
)
def test_undecided_namesakes_stay_as_heard_and_are_marked(heard: str, situation: Situation) -> None:
    result = correct(heard, LEXICON, situation)
    assert result.text == heard
    (mark,) = result.marks
    assert near_key(readings(heard[mark.offset])[0][0]) == near_key(readings(mark.candidates[0][0])[0][0])
    assert len(mark.candidates) == 2
    assert set(mark.candidates) < NAMES


def test_who_names_themselves_is_believed_only_as_the_known_speaker() -> None:
    assert fixed("我是审议。") == "我是审议。"
    assert fixed("我是欧阳学梅。", Situation(speaker="张玮")) == "我是欧阳学梅。"
    assert fixed("我是沈义，", Situation(speaker="沈毅")) == "我是沈毅，"
    assert fixed("我是沈义，", Situation(speaker="张玮")) == "我是沈义，"
    assert fixed("请沈义同志发言。", Situation(speaker="沈毅")) == "请沈义同志发言。"


def test_a_listed_name_is_never_changed_for_who_presents_or_is_present() -> None:
    situation = Situation(presenters=frozenset({"黎建国"}))
    assert fixed("请李建国同志汇报。", situation) == "请李建国同志汇报。"
    assert fixed("请章伟同志汇报。") == "请章伟同志汇报。"


def test_marks_count_code_points_after_rare_characters() -> None:
    result = correct("😀𠮷，请李建国同志发言。", LEXICON)
    (mark,) = result.marks
    assert (mark.offset, mark.length) == (4, 3)


def test_two_people_of_one_written_name_are_one_word() -> None:
    lexicon = Lexicon(people=(Person(name="王玮", units=("财务处",)), Person(name="王玮", units=("人事处",))))
    assert correct("请人事处王伟同志汇报。", lexicon).text == "请人事处王玮同志汇报。"
    assert correct("请王玮同志汇报。", lexicon).marks == ()


def test_doubt_of_the_decoder_lets_a_weaker_match_through_and_certainty_stops_it() -> None:
    lexicon = Lexicon(words=(Expected(text="河长制"),))
    text = "关于和掌制，"
    assert correct(text, lexicon, confidence=[0.2] * len(text)).text == "关于河长制，"
    assert correct("关于河展制，", lexicon, confidence=[1.0] * 6).text == "关于河展制，"


def test_confidence_of_another_length_is_not_used() -> None:
    assert correct("由资产出牵头。", LEXICON, confidence=[0.1]).text == "由资产处牵头。"


PIECES = st.lists(
    st.sampled_from(
        [
            *"请由，。的和100A😀𠮷〇·",
            "同志",
            "汇报",
            "局长",
            "处长",
            "资产出",
            "公车处",
            "理建国",
            "李建国",
            "张伟",
            "章伟",
        ]
        + [
            "绕城告诉",
            "都办",
            "统治",
            "会报",
            "第一个",
            "一题",
            "信息中心",
            "审议",
            "牵头",
            "先头",
            "我是",
            "请假",
            "古丽·",
        ]
    ),
    max_size=14,
).map("".join)


@settings(deadline=None)  # the first example loads dictionaries
@given(PIECES | st.text(max_size=40), st.sampled_from(["", "李建国", "张玮"]))
def test_correcting_never_raises_and_again_changes_nothing(text: str, speaker: str) -> None:
    situation = Situation(speaker=speaker, presenters=frozenset({"沈毅"}))
    once = correct(text, LEXICON, situation)
    again = correct(once.text, LEXICON, situation)
    assert (again.text, again.changes, again.marks) == (once.text, (), once.marks)
    assert all(0 <= mark.offset < mark.offset + mark.length <= len(once.text) for mark in once.marks)


@settings(deadline=None)  # the first example loads dictionaries
@given(PIECES)
def test_figures_and_punctuation_are_never_touched(text: str) -> None:
    def rest(of: str) -> str:
        return "".join(char for char in of if char in "，。100A😀")

    assert rest(correct(text, LEXICON).text) == rest(text)


def test_sixty_characters_and_hundreds_of_words_take_less_than_ten_milliseconds() -> None:
    lexicons = offices().values()
    large = Lexicon(
        people=tuple({person.name: person for one in lexicons for person in one.people}.values()),
        words=tuple({word.text: word for one in lexicons for word in one.words}.values()),
    )
    assert len(large.people) + len(large.words) > 300
    correct("会议决定，由规划处牵头。", large)
    sentences = [
        f"会议听取了第{number}组的情况，要求由规财处牵头，请南宫雪同志汇报绕城高速和课后服务的进展，六月底前完成全部整改任务。"
        for number in "一二三四五六七八九十"
    ]
    began = time.process_time()
    for sentence in sentences:
        correct(sentence, large)
    assert (time.process_time() - began) / len(sentences) < 0.010
