"""Text of others (speech, file names, agendas) made harmless for a terminal, and left as written otherwise."""

import re

# Control characters, what turns the reading direction round, what ends a line, and halves of characters. Wide
# spaces, joiners of emoji and rare characters are ordinary text, whatever str.isprintable() says of them.
_POWERFUL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


def powerless(text: str, instead: str = "�") -> str:
    """`text` with `instead` for each character that steers a terminal, tabs and line ends among them."""
    return _POWERFUL.sub(instead, text)
