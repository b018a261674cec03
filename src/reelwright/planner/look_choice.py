"""Chooses the look of a film: the one that a person names, else that of the flavor, else by the tone and the words."""

from __future__ import annotations

import zlib
from collections import Counter
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Final

from reelwright.errors import BadInput
from reelwright.media.looks.registry import list_look_names, load_look
from reelwright.planner.certain.marks import Marks
from reelwright.planner.tables import load_kinds
from reelwright.reel.base.value import define_value

BY_TONE: Final = "auto"
"""The look of a flavor that leaves the choice to the tone and the words."""
DEFAULT_LOOK: Final = "slam"
"""The look of films whose tone and words suit none."""
_KIND_WEIGHT: Final = 3
_ASKED_WEIGHT = 4
"""How much a look gains whose first tone the film has, if somebody asks for it: that counts more than what the film is
about. Half a point less for each tone before it. The flavor's tone counts only if nothing else chooses."""


@define_value
class LookUse:
    """The use of a look: the ``tones`` that it suits, the best first, and the ``kinds`` of subject."""

    tones: tuple[str, ...]
    kinds: tuple[str, ...] = ()


def choose_look(
    name: str,
    usual: str,
    tone: str,
    looks: Mapping[str, LookUse],
    *,
    text: str = "",
    title: str = "",
    subject: str = "",
    is_tone_asked: bool = True,
) -> tuple[str, str]:
    """Return the name of the film's look, and why, as a sentence for the person; empty where there is nothing to say.

    ``name``: of the look that a person names, or empty. ``usual``: of the flavor. ``text``: the words of the film and
    its brief. ``title``: of the film; it draws one of the looks that suit the film equally, so that films of one kind
    differ; without it ``DEFAULT_LOOK`` or else the first is chosen. ``subject``: of ``text``, the name, what it is and
    the call, which count more than all else that is said. ``is_tone_asked``: the tone is not merely the flavor's. Pure.
    """
    if name or usual != BY_TONE:
        return name or usual, ""
    kind = find_kind(text, subject) if text else ""
    gains: dict[str, float] = {
        look: _KIND_WEIGHT * (kind in use.kinds) + (_gain_by_tone(use, tone) if is_tone_asked else 0)
        for look, use in looks.items()
    }
    if not any(gains.values()):
        gains = {look: float(tone in use.tones) for look, use in looks.items()}
    most = max(gains.values(), default=0)
    if not most:
        return DEFAULT_LOOK, ""
    best = [look for look, gain in gains.items() if gain == most]
    equal = sorted(best, key=lambda look: (look != DEFAULT_LOOK, look))
    chosen = equal[zlib.crc32(title.encode()) % len(equal) if title else 0]
    use = looks[chosen]
    reasons = [f"the tone {tone}"] * (tone in use.tones) + [f"films about {kind}"] * (kind in use.kinds)
    return chosen, f"The look is {chosen}, since it suits {' and '.join(reasons)}."


def find_kind(text: str, subject: str = "") -> str:
    """Return what a text is about, such as ``food``, by the most words of one kind, then the first; empty: unknown.

    A kind that ``subject`` tells has two words more: a blanket on a later screen does not make a charity run a film
    about goods.
    """
    hits = _list_kind_words(text)
    counts = Counter(mark for mark, _ in {(mark, word) for mark, word, _ in hits})
    counts.update({mark: 2 for mark, _, _ in _list_kind_words(subject)})
    first = {mark: start for mark, _, start in reversed(hits)}
    return max(counts, key=lambda mark: (counts[mark], -first.get(mark, 0), mark), default="")


@lru_cache(maxsize=16)  # one film asks of its words again and again
def _list_kind_words(text: str) -> Sequence[tuple[str, str, int]]:
    """List the words of a text that tell what it is about: each one's kind, the word, and where it begins."""
    hits = Marks(text, load_kinds).find_hits(0, len(text))
    return [(hit.mark, text[hit.start : hit.end].casefold(), hit.start) for hit in hits]


def choose_accent(look: str, title: str, *subjects: str) -> str:
    """Return the colour ``#RRGGBB`` that a film of this title has in a look; empty: the look's own. Pure.

    ``subjects``: its emblem and what it is about; a colour that belongs to one of them comes before the title's.
    Raises ``BadInput`` for a look that is not there.
    """
    given = {subject: colour for colour, names in load_look(look).subject_accents.items() for subject in names}
    found = ("", *load_look(look).accents)
    return next((given[one] for one in subjects if one in given), found[zlib.crc32(title.encode()) % len(found)])


def list_accents(look: str) -> tuple[str, ...]:
    """List the colours that a film may have in a look: the look's own, which is empty, and those that titles choose.

    Of a look whose package is not there any more, its own alone.
    """
    try:
        return ("", *load_look(look).accents, *load_look(look).subject_accents)
    except BadInput:
        return ("",)


def list_look_uses(own: Mapping[str, str] | None = None) -> dict[str, LookUse]:
    """List what each installed look is for, by the look's name; and of a person's ``own``, given as text by name."""
    found = {name: load_look(name) for name in list_look_names()}
    found |= {name: load_look(text) for name, text in (own or {}).items()}
    return {name: LookUse(tones=look.tones, kinds=look.kinds) for name, look in found.items()}


def _gain_by_tone(use: LookUse, tone: str) -> float:
    return _ASKED_WEIGHT - use.tones.index(tone) / 2 if tone in use.tones else 0
