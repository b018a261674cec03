"""Makes safe file names from any text."""

from __future__ import annotations

import re
import unicodedata
from datetime import UTC, datetime
from typing import Final
from uuid import uuid4

from reelwright.client.policy import MAX_FILE_NAME_BYTES, MAX_SLUG_CHARS

_RESERVED: Final = frozenset(
    {"con", "prn", "aux", "nul", *(f"com{n}" for n in range(1, 10)), *(f"lpt{n}" for n in range(1, 10))}
)
_FORBIDDEN: Final = re.compile(r'[<>:"/\\|?*%\x00-\x1f\x7f]+')
_UNSEEN: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})
_ENDING: Final = re.compile(r"\.[A-Za-z0-9]{1,8}$", re.ASCII)


def sanitize_filename(name: str, replacement: str = "_") -> str:
    """Return ``name`` changed into a file name that every system accepts: no folder, no reserved name, at most 200
    bytes.

    A name of which nothing is left becomes ``video``. The same text in NFC and NFD gives the same name.
    """
    plain = unicodedata.normalize("NFC", name)
    plain = _FORBIDDEN.sub(replacement, plain)
    plain = "".join(c for c in plain if unicodedata.category(c) not in _UNSEEN)
    plain = re.sub(r"\s+", " ", plain).strip(" .")
    ending = found.group() if (found := _ENDING.search(plain)) else ""
    stem = plain.removesuffix(ending).strip(" .").lstrip("-~")
    stem = _shorten(stem, MAX_FILE_NAME_BYTES - len(ending)).strip(" .")
    if not stem.strip(replacement):
        stem = "video"
    if stem.partition(".")[0].lower() in _RESERVED:
        stem = f"{replacement or '_'}{stem}"
    return stem + ending


def generate_filename(prompt: str, extension: str = ".mp4") -> str:
    """Return a unique file name for a video: the first words of the prompt, the time (UTC), and random hexadecimal
    digits.
    """
    plain = unicodedata.normalize("NFKD", prompt).encode("ascii", "ignore").decode().lower()
    words = re.sub(r"[^a-z0-9]+", "-", plain)[:MAX_SLUG_CHARS].strip("-") or "video"
    moment = datetime.now(UTC).strftime("%Y%m%d-%H%M%S")
    return f"{words}_{moment}_{uuid4().hex[:8]}.{extension.lstrip('.')}"


def _shorten(text: str, most: int) -> str:
    """Cut ``text`` to at most ``most`` bytes of UTF-8, without half a character at the end."""
    return text.encode("utf-8", "ignore")[:most].decode("utf-8", "ignore")
