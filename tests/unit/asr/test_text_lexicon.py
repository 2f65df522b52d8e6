from pathlib import Path
from subprocess import run
from sys import executable

import msgspec
import pytest

from asr.results import Mark
from asr.text.lexicon import Correction, Expected, Lexicon, Person, Situation
from asr.text.terms import correct


def test_a_lexicon_is_a_plain_value_that_crosses_a_process_border() -> None:
    lexicon = Lexicon(
        people=(Person(name="买买提·艾力", units=("调水局",), titles=("局长",), present=False),),
        words=(Expected(text="河长制", kind="term", strength=0.5),),
    )
    again = msgspec.json.decode(msgspec.json.encode(lexicon), type=Lexicon)
    assert again == lexicon
    assert hash(again) == hash(lexicon)


def test_a_correction_crosses_as_well() -> None:
    correction = Correction(text="李建国", marks=(Mark(offset=0, length=3, candidates=("李建国", "黎建国")),))
    assert msgspec.json.decode(msgspec.json.encode(correction), type=Correction) == correction


@pytest.mark.parametrize("text", ["", "。", "𠮷〇", "plain English", "会议开始。"])
def test_an_empty_lexicon_changes_nothing(text: str) -> None:
    assert correct(text, Lexicon(), Situation()) == Correction(text=text)


def test_importing_loads_neither_pinyin_nor_dictionary() -> None:
    code = "import sys, asr.text.terms; sys.exit(bool({'pypinyin', 'rjieba'} & set(sys.modules)))"
    assert run([executable, "-c", code], cwd=Path(__file__).parents[3], check=False).returncode == 0
