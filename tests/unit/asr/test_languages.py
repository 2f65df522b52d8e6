import json
from pathlib import Path

import pytest

from asr.errors import LanguageUnknown
from asr.languages import check_language, known_languages


@pytest.fixture
def model(tmp_path: Path) -> Path:
    words = ["你", "<|startoftranscript|>", "<|zh|>", "<|en|>", "<|yue|>", "<|translate|>", "<|0.00|>"]
    (tmp_path / "vocabulary.json").write_text(json.dumps(words), "utf-8")
    return tmp_path


def test_the_languages_are_those_that_the_model_has_a_word_for(model: Path) -> None:
    assert known_languages(model) == ("auto", "en", "yue", "zh")


def test_a_wrong_language_is_refused_with_the_list(model: Path) -> None:
    check_language(model, "auto")
    with pytest.raises(LanguageUnknown) as refused:
        check_language(model, "中文")
    assert "auto, en, yue, zh" in str(refused.value) and "中文" in str(refused.value)


def test_a_model_that_is_not_whole_is_for_its_loading_to_refuse(tmp_path: Path) -> None:
    check_language(tmp_path, "zh")
