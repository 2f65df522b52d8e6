"""Three sets of colours: for a dark room, for a bright one, and for eyes or projectors that need contrast.

Each colour that letters have can be read (4.5 : 1 at least) on the background, the panel and what is chosen.
"""

from textual.theme import Theme


def _variables(quiet: str, chosen: str, chosen_text: str) -> dict[str, str]:
    """`quiet`: letters of what is said by the way; `chosen`: the ground of what a person is at, `chosen_text` on it."""
    return {
        "quiet": quiet,
        "chosen": chosen,
        "text-disabled": quiet,
        "input-selection-background": chosen,
        "input-selection-foreground": chosen_text,
        "block-cursor-background": chosen,
        "block-cursor-foreground": chosen_text,
        "block-cursor-blurred-background": chosen,
        "block-cursor-blurred-foreground": chosen_text,
    }


THEMES = (
    Theme(
        name="meeting-dark",
        primary="#5aa9e6",
        secondary="#8ecae6",
        accent="#ffb703",
        warning="#ffb703",
        error="#f28b82",
        success="#7bc47f",
        foreground="#e6e6e6",
        background="#14181d",
        surface="#14181d",
        panel="#1f262e",
        dark=True,
        variables=_variables("#a7b0b9", "#242f5e", "#ffffff"),
    ),
    Theme(
        name="meeting-light",
        primary="#1d5b8f",
        secondary="#1d5b8f",
        accent="#8a4b00",
        warning="#7a4f00",
        error="#a3211a",
        success="#1a6b2c",
        foreground="#1b1b1b",
        background="#fbfaf7",
        surface="#fbfaf7",
        panel="#ebe8e0",
        dark=False,
        variables=_variables("#55544f", "#cfdfec", "#000000"),
    ),
    Theme(
        name="meeting-contrast",
        primary="#ffffff",
        secondary="#00ffff",
        accent="#ffff00",
        warning="#ffff00",
        error="#ff6666",
        success="#66ff66",
        foreground="#ffffff",
        background="#000000",
        surface="#000000",
        panel="#000000",
        dark=True,
        text_alpha=1.0,
        variables=_variables("#d9d9d9", "#0000aa", "#ffffff"),
    ),
)
