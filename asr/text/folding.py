"""Text reduced to what is heard: letters and digits, for comparing."""

import unicodedata


def folded(text: str) -> str:
    """NFKC, lower case, without punctuation, spaces and symbols."""
    return "".join(char for char in unicodedata.normalize("NFKC", text).lower() if char.isalnum())


def is_han(char: str) -> bool:
    """Whether a character is a Chinese one, rare ones and 〇 among them."""
    code = ord(char)
    return (
        char == "〇"
        or 0x4E00 <= code <= 0x9FFF
        or 0x3400 <= code <= 0x4DBF
        or 0xF900 <= code <= 0xFAFF
        or 0x20000 <= code <= 0x3FFFF
    )
