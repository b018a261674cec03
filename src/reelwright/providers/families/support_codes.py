"""Veo's codes for why its content filter acted, in plain words."""

from __future__ import annotations

import re
from typing import Final

_WORDS: Final = {
    "children (Veo shows them only to projects that Google has cleared, with person_generation allow_all)": (
        "58061214", "17301594",
    ),
    "a well-known person's likeness": ("29310472", "15236754"),
    "a general safety rule for video": ("64151117", "42237218"),
    "dangerous content": ("62263041",),
    "hate": ("57734940", "22137204"),
    "another safety concern": ("74803281", "29578790", "42876398"),
    "prohibited content": ("89371032", "49114662", "63429089", "72817394", "60599140"),
    "somebody else's protected content": ("35561574", "35561575"),
    "sexual content": ("90789179", "43188360"),
    "toxic content": ("78610348",),
    "violence": ("61493863", "56562880"),
    "vulgar language": ("32635315",),
}  # fmt: skip
"""Source: docs.cloud.google.com, Veo "Responsible AI and usage guidelines", read 2026-11-20."""
_MEANING: Final = {code: words for words, codes in _WORDS.items() for code in codes}
_CODE: Final = re.compile(r"\b\d{8}\b")


def explain_reason(reason: str) -> str:
    """Return Google's reason for filtering, followed by the meaning of the support codes in it."""
    reason = " ".join(reason.split()) or "no reason was given"
    known = dict.fromkeys(_MEANING[code] for code in _CODE.findall(reason) if code in _MEANING)
    return f"{reason} (this means: {'; '.join(known)})" if known else reason
