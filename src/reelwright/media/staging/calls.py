"""The call of a film: which of its words stand over, on and under the button."""

from __future__ import annotations

import re
from typing import NamedTuple

from reelwright.media.letters.streets import STREET, is_street_line
from reelwright.media.letters.word_styles import strip_styles


class Call(NamedTuple):
    """The words of a call: a line above the button, the words on the button, the address under it."""

    line: str
    button: str
    address: str


def split_card(name: str, line: str, url: str, about: str = "") -> tuple[str, Call]:
    """Choose what stands largest on a last card, and the call under it.

    Without a name that is where to go or whom to call, or else what stands above the button, or on it: nothing is
    larger. ``about``: what it is, or when, which stands under the name where nothing else does.
    """
    call = split_call(line, url)
    if name:
        return name, call if call.line else call._replace(line=about)
    if call.address:
        return call.address, call._replace(address="")
    return (call.line, call._replace(line="")) if call.line else (call.button, call._replace(button=""))


def split_call(line: str, url: str) -> Call:
    """Choose what stands on the button: a short call, else the address. A telephone number is said once.

    A street stands on no button: nobody can press it.
    """
    if not line or not url:
        only = line or url
        before, _, last = only.rpartition("|")  # of several lines that a person wrote the last one is the call
        if STREET.search(strip_styles(last)):
            return Call(before.strip(), "", last.strip())
        return (
            Call(before.strip(), last.strip(), "") if len(strip_styles(last)) <= 34 or not line else Call(line, "", "")
        )
    if is_street_line(strip_styles(line)):
        return Call("", url, line)
    digits = re.sub(r"\D", "", url)
    if len(digits) > 5 and digits[-6:] in re.sub(r"\D", "", line):
        return Call("", line, "")
    short = len(strip_styles(line)) <= 24 and "|" not in line
    return Call("", line, url) if short else Call(line, url, "")
