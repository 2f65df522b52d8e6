"""What a meeting expects to hear is never put over what was said: other people's names, ordinary words, decisions."""

import pytest

from asr.text.lexicon import Expected, Lexicon, Person, Situation
from asr.text.terms import correct
from meeting.domain.agenda import Agenda, AgendaItem, Attendee
from meeting.domain.agenda import Person as Someone
from meeting.expectations import lexicon_of, situation_of

LISTED = (
    Person(name="李建国", units=("局领导",), titles=("局长",)),
    Person(name="章伟", units=("财务处",), titles=("处长",)),
    Person(name="周敏", units=("房产管理处", "房产处"), titles=("处长",)),
    Person(name="沈毅", units=("信息中心",), titles=("主任",)),
    Person(name="陆海燕", units=("局领导",), titles=("副局长",)),
    Person(name="贺志远", units=("移民处",), titles=("主任",)),
    Person(name="王秘", units=("办公室",), titles=("副主任",)),
)
ALONE = Lexicon(
    people=LISTED,
    words=tuple(Expected(text=unit, kind="unit") for one in LISTED for unit in one.units),
)
CROWDED = Lexicon(
    people=(
        *LISTED,
        Person(name="黎建国", units=("公务用车管理处", "公车处"), titles=("处长",)),
        Person(name="张玮", units=("资产管理处", "资产处"), titles=("处长",)),
        Person(name="何致远", units=("水文局",), titles=("科长",)),
    ),
    words=ALONE.words,
)
OUTSIDERS = (
    ("省发改委张伟处长介绍了情况。", "张伟"),
    ("请省审计厅黎建国同志说明。", "黎建国"),
    ("法院判决黎建国败诉。", "黎建国"),
    ("群众代表陆海艳发言。", "陆海艳"),
    ("市信访局周民处长到会。", "周民"),
    ("审计署沈怡主任来电。", "沈怡"),
    ("设计院何致远主任汇报。", "何致远"),
    ("请省财政厅的张伟处长汇报。", "张伟"),
    ("请省发改委派来的张伟同志介绍。", "张伟"),
    ("请市政府办公室王密副主任说明。", "王密"),
    ("市财政局财务处张伟处长来过。", "张伟"),
    ("请建设银行黎建国同志介绍贷款情况。", "黎建国"),
    ("请师范大学何致远教授发言。", "何致远"),
    ("施工单位黎建国同志反映。", "黎建国"),
    ("请社区周民同志发言。", "周民"),
    ("我们慰问了黎建国同志。", "黎建国"),
    ("请业主代表陆海艳同志发言。", "陆海艳"),
    ("请中建三局黎建国总经理汇报。", "黎建国"),
    ("人民医院陆海艳医生来讲课。", "陆海艳"),
    ("请律师黎建国说明。", "黎建国"),
    ("请黄河街道沈怡主任说明。", "沈怡"),
    ("原告黎建国提出上诉。", "黎建国"),
    ("这块地是黎建国的。", "黎建国"),
    ("向黎建国同志学习。", "黎建国"),
    ("请开发商黎建国同志介绍。", "黎建国"),
    ("请来宾沈怡同志介绍。", "沈怡"),
    ("请三门峡黎建国同志介绍。", "黎建国"),
    ("请第三方机构沈怡同志介绍。", "沈怡"),
    ("请已退休的黎建国同志介绍。", "黎建国"),
    ("黎建国同志败诉。", "黎建国"),
    ("市里来的黎建国局长强调。", "黎建国"),
    ("请省里的黎建国同志介绍。", "黎建国"),
    ("请省局黎建国同志汇报。", "黎建国"),
    ("请张庄村周民书记介绍。", "周民"),
    ("省信访办周民处长说。", "周民"),
    ("请市场监管所沈怡主任作说明。", "沈怡"),
)


@pytest.mark.parametrize("presents", [False, True])
@pytest.mark.parametrize("lexicon", [ALONE, CROWDED], ids=["alone", "crowded"])
@pytest.mark.parametrize(("text", "name"), OUTSIDERS)
def test_outsiders_keep_their_names(text: str, name: str, lexicon: Lexicon, presents: bool) -> None:
    situation = Situation(presenters=frozenset(one.name for one in LISTED) if presents else frozenset())
    assert correct(text, lexicon, situation).text == text


@pytest.mark.parametrize(("text", "name"), OUTSIDERS)
def test_an_outsider_who_sounds_like_somebody_listed_is_marked(text: str, name: str) -> None:
    marks = correct(text, ALONE).marks
    assert [(text[mark.offset : mark.offset + mark.length], len(mark.candidates)) for mark in marks] == [(name, 1)]


@pytest.mark.parametrize(
    ("heard", "meant"),
    [
        ("请房产处周民同志汇报。", "请房产处周敏同志汇报。"),
        ("周民处长，你来说。", "周敏处长，你来说。"),
        ("请我局周民同志汇报。", "请我局周敏同志汇报。"),
        ("请我们处周民同志汇报。", "请我们处周敏同志汇报。"),
        ("请审计厅配合，请周民同志汇报。", "请审计厅配合，请周敏同志汇报。"),
        ("审议医院方案请周民同志汇报。", "审议医院方案请周敏同志汇报。"),
        ("请信息中心沈怡主任汇报。", "请信息中心沈毅主任汇报。"),
        ("请财务处张伟处长补充。", "请财务处章伟处长补充。"),
        ("下面请李健国局长讲话。", "下面请李建国局长讲话。"),
    ],
)
def test_people_named_by_their_own_unit_or_title_are_put_right(heard: str, meant: str) -> None:
    assert correct(heard, ALONE).text == meant


AGENDA = Agenda(
    title="局长办公会",
    date="2018-03-12",
    chair=Someone(name="李建国"),
    attendees=(
        Attendee(name="李建国", unit="局领导"),
        Attendee(name="黎建国", unit="公车处"),
        Attendee(name="周敏", unit="房产处"),
    ),
    items=(
        AgendaItem(number=1, title="研究封存车辆处置事项", presenter="黎建国"),
        AgendaItem(number=2, title="审议办公用房清理方案", presenter="周敏"),
        AgendaItem(number=3, title="听取财政决算情况", presenter="李建国"),
    ),
)


def heard_at(text: str, number: int | None) -> str:
    return correct(text, lexicon_of(AGENDA), situation_of(AGENDA, number)).text


@pytest.mark.parametrize(
    "text",
    [
        "下面请李健国同志讲话。",
        "最后请李健国同志讲几句。",
        "李健国同志讲的三点意见要落实。",
        "李健国同志说的对。",
        "李健国同志指出，要抓紧。",
        "请李健国同志说几句。",
        "李健国同志汇报的情况属实。",
    ],
)
def test_a_speech_is_no_sign_of_the_presenter(text: str) -> None:
    assert heard_at(text, 1) == text
    assert heard_at(text, None) == text


def test_the_presenter_is_asked_to_report() -> None:
    assert heard_at("请李健国同志汇报。", 1) == "请黎建国同志汇报。"
    assert heard_at("请李健国同志作说明。", 1) == "请黎建国同志作说明。"
    assert heard_at("请李健国同志汇报。", 3) == "请李建国同志汇报。"


def test_without_an_item_nobody_presents() -> None:
    assert heard_at("请李健国同志汇报。", None) == "请李健国同志汇报。"
    assert heard_at("请李健国同志汇报。", 2) == "请李健国同志汇报。"


@pytest.mark.parametrize("opening", ["下面进行第一个议题，", "下面进行第1个议题，", "研究封存车辆处置事项，"])
def test_who_presents_the_next_item_counts_where_it_is_announced(opening: str) -> None:
    assert heard_at(f"{opening}请李健国同志汇报。", None) == f"{opening}请黎建国同志汇报。"


def test_an_item_that_is_not_the_next_announces_nobody() -> None:
    text = "关于第二个议题，请李健国同志汇报。"
    assert heard_at(text, None) == text


INNOCENT = (
    "会议原则统一。 失业单位要登记。 人物清单列好了。 请研究实时方案。 把握好事件节点。 "
    "明确实践节点。 请分馆领导发言。 做好回迁准备。 做好会签准备。 实行全城监督。 "
    "还有一定事项没有办。 推进管理智能化。 会议既要讨论方案。 这个已提交。 "
    "我们要向老同志回报。 等党组会一起开。 单位前头负责的人来了。 有资产处负责的同志在场。 "
    "把公里清单附上。 请公物用车的人来。 要关注失业人员。 实时房价很高。 "
    "前头负责的同志来了。 我们单位先头部队到了。 有资产处牵头的项目。 大家弃全大局。 "
    "我起泉水。 请给同志回报。 各位统一意见。 这个实体经济。 同意了这个已题字的。 "
    "请把人物清单和公用经费列好。 这些试验方案很好。 市级单位要整改。 他们既要负责。 "
    "请实践单位配合。 全城建设很快。 年度预案要修订。 议题之外的事。"
).split()


@pytest.mark.parametrize("text", INNOCENT)
def test_what_is_said_in_ordinary_words_stays(text: str) -> None:
    units = Lexicon(words=(Expected(text="资产处", kind="unit_short"),))
    assert correct(text, Lexicon()).text == text
    assert correct(text, units).text == text


@pytest.mark.parametrize("text", ["原则同一。", "原则痛意。", "没有人起劝。", "原则通国。", "全体反队。"])
@pytest.mark.parametrize("listed", ["原则同意", "原则通过", "全体反对"])
def test_no_decision_is_made_out_of_a_sound(text: str, listed: str) -> None:
    assert correct(text, Lexicon(words=(Expected(text=listed),))).text == text


def test_a_term_of_the_agenda_goes_before_ordinary_words_and_a_mined_one_does_not() -> None:
    text = "请审议权利清单。"
    assert correct(text, Lexicon(words=(Expected(text="权力清单"),))).text == "请审议权力清单。"
    assert correct(text, Lexicon(words=(Expected(text="权力清单", strength=0.6),))).text == text
