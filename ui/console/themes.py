"""Three sets of colours: for a dark room, for a bright one, and for eyes or projectors that need contrast."""

from textual.theme import Theme

THEMES = (
    Theme(
        name="meeting-dark",
        primary="#5aa9e6",
        secondary="#8ecae6",
        accent="#ffb703",
        warning="#ffb703",
        error="#ef6f6c",
        success="#7bc47f",
        foreground="#e6e6e6",
        background="#14181d",
        surface="#14181d",
        panel="#1f262e",
        dark=True,
    ),
    Theme(
        name="meeting-light",
        primary="#1d5b8f",
        secondary="#1d5b8f",
        accent="#8a4b00",
        warning="#8a5a00",
        error="#b3261e",
        success="#1f7a33",
        foreground="#1b1b1b",
        background="#fbfaf7",
        surface="#fbfaf7",
        panel="#ebe8e0",
        dark=False,
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
    ),
)
