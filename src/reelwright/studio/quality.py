"""What the checks found in a film: which findings fail it, which shot they name, and what a person overruled."""

from __future__ import annotations

from collections.abc import Mapping, Set
from typing import Any, Final

from reelwright.errors import BadInput
from reelwright.reel.choices import Choices
from reelwright.reel.noun import ShotId
from reelwright.reel.plan import Plan
from reelwright.studio.answers import Finding

FAILING: Final = frozenset(
    {
        "black",
        "frozen",
        "empty",
        "silent",
        "clipped",
        "length",
        "loudness",
        "peak",
        "container",
        "sync",
        "captions",
        "seam",
        "flash",
    }
)
"""Checks that fail a film. Source: DESIGN.md 8 and craft.md 9.1 (marked F), read 2026-11-20; the others remark."""


def findings(facts: Mapping[str, Any], plan: Plan | None, accepted: Set[str] = frozenset()) -> tuple[Finding, ...]:
    """The findings among a film's facts, one for each check and shot, in the order of the film."""
    numbers = {shot.id: n for n, shot in enumerate(plan.shots, 1)} if plan else {}
    found: dict[str, Finding] = {}
    for fact in facts.get("findings", ()):
        check, shot, said = str(fact["check"]), fact.get("shot"), str(fact.get("said", ""))
        name = f"{check}/{numbers.get(ShotId(shot), shot) if shot else 'film'}"
        if name in found:
            continue
        found[name] = Finding(
            id=name,
            check=check,
            shot=shot,
            said=said,
            fails=check in FAILING,
            accepted=_key(check, shot) in accepted,
        )
    return tuple(found.values())


def faults(found: tuple[Finding, ...]) -> tuple[Finding, ...]:
    """Those that keep a film from being done: they fail, and nobody overruled them."""
    return tuple(finding for finding in found if finding.fails and not finding.accepted)


def in_words(open_faults: tuple[Finding, ...]) -> str:
    """One sentence for the job that waits: ``shot 3: frozen for 1.2 s; the film: …``."""
    parts = []
    for fault in open_faults:
        where = f"shot {fault.id.partition('/')[2]}" if fault.shot else "the film"
        parts.append(f"{where}: {fault.said or fault.check}")
    return "; ".join(parts)


def accept(found: tuple[Finding, ...], names: tuple[str, ...]) -> frozenset[str]:
    """What ``Choices.accepted`` keeps for the findings called ``names`` (none: all that fail)."""
    if not names:
        return frozenset(_key(finding.check, finding.shot) for finding in faults(found))
    known = {finding.id: _key(finding.check, finding.shot) for finding in found}
    if unknown := [name for name in names if name not in known]:
        raise BadInput("accept", unknown[0], ", ".join(known) or "nothing: the checks found nothing")
    return frozenset(known[name] for name in names)


def still_accepted(choices: Choices, changed: Set[ShotId]) -> frozenset[str]:
    """What stays overruled after an edit: not what was overruled of the shots that it changes."""
    return frozenset(key for key in choices.accepted if ShotId(key.partition("/")[2]) not in changed)


def _key(check: str, shot: str | None) -> str:
    return f"{check}/{shot or 'film'}"
