"""What a file is called: as its sender called it, without what could fool a person or a file system."""

from __future__ import annotations

import re
import unicodedata

LONGEST = 200
#: Path separators, and characters that a file system or a header takes for something else.
FORBIDDEN = re.compile(r'[\x00-\x1f\x7f<>:"|?*\\/]')


def clean_name(sent: str, extension: str) -> str:
    """The last part of the name sent, in NFC, without control characters and turns of direction; else `file`.

    A name without an ending gets the usual one of its type. Never longer than 200 characters, its ending kept.
    """
    last = re.split(r"[\\/]", sent)[-1]
    shown = "".join(char for char in unicodedata.normalize("NFC", last) if unicodedata.category(char) not in HIDDEN)
    name = FORBIDDEN.sub("_", shown).strip(" .") or "file"
    stem, ending = split_name(name)
    ending = ending or extension
    return f"{stem[: LONGEST - len(ending) - 1]}.{ending}"


#: Control, format (the direction of writing turned round: `fdp.exe`), unassigned and private characters.
HIDDEN = ("Cc", "Cf", "Cn", "Co", "Cs")


def split_name(name: str) -> tuple[str, str]:
    """`Invoice.v2.PDF` as `Invoice.v2` and `PDF`; an ending has at most five letters or digits."""
    stem, dot, ending = name.rpartition(".")
    if dot and stem and len(ending) <= 5 and ending.isascii() and ending.isalnum():
        return stem, ending
    return name, ""
