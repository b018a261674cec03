"""Says where a text is no YAML or JSON: the line and what stands there, in place of the parser's words."""

from __future__ import annotations

from typing import Final

from reelwright.errors import BadInput

_LINE_LETTERS: Final = 80
_NOT_SHOWN: Final = "(hidden)"


def build_syntax_error(
    cause: Exception, text: str | bytes, name: str, format_name: str, *, is_private: bool = False
) -> BadInput:
    """Build the error for a text called ``name`` that a parser of YAML or JSON refused, with the line of the fault.

    ``format_name``: what it should be, such as ``YAML or JSON``. ``is_private``: the text may hold a secret, so the
    error names the line and does not quote it.
    """
    plain = text.decode("utf-8", "replace") if isinstance(text, bytes) else text
    mark = getattr(cause, "problem_mark", None)
    number = getattr(cause, "lineno", None) or (mark.line + 1 if mark else None)
    if isinstance(cause, UnicodeDecodeError):
        return BadInput(name, f"the byte 0x{cause.object[cause.start]:02X}", "text in UTF-8")
    if letter := getattr(cause, "character", None):  # YAML's ReaderError: a character that it does not allow
        shown = f"U+{letter:04X}" if isinstance(letter, int) else f"U+{ord(letter[:1]):04X}"
        return BadInput(name, shown, "text without control characters")
    lines = plain.splitlines()
    if number is None or not lines:
        return BadInput(name, _NOT_SHOWN if is_private else plain.strip()[:_LINE_LETTERS], format_name)
    number = min(number, len(lines))
    while number > 1 and not lines[number - 1].strip():  # a fault at the end stands in the last line with words
        number -= 1
    shown = _NOT_SHOWN if is_private else lines[number - 1].strip()[:_LINE_LETTERS]
    return BadInput(f"{name} line {number}", shown, format_name)
