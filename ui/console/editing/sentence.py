"""A field for one sentence: Enter is done with it and never a line break."""

from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.message import Message
from textual.widgets import TextArea

KEYS = {
    "enter": "done",
    "escape": "leave",
    "tab": "doubt",
    "ctrl+r": "candidate",
    "ctrl+g": "newer",
    "ctrl+d": "split",
}


class SentenceArea(TextArea):
    """Tells its parent with `Told` which of its own keys was pressed; all others are a text area's."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(key, f"tell('{what}')", show=False, priority=True) for key, what in KEYS.items()
    ]

    class Told(Message):
        """`what`: done, leave, doubt, candidate, newer or split."""

        def __init__(self, area: "SentenceArea", what: str) -> None:
            self.area, self.what = area, what
            super().__init__()

    def __init__(self, text: str = "", *, id: str) -> None:
        super().__init__(text, id=id, soft_wrap=True, tab_behavior="focus", show_line_numbers=False)

    @property
    def sentence(self) -> str:
        """What is typed, on one line: breaks come in with what is pasted."""
        return " ".join(self.text.split("\n")).strip()

    def action_tell(self, what: str) -> None:
        """Passes a key on."""
        self.post_message(self.Told(self, what))
