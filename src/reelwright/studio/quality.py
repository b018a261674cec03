"""Findings of the checks in a film: which of them fail it, which shot each names, and which a person accepted."""

from __future__ import annotations

from collections.abc import Mapping, Set
from typing import Any, Final

from reelwright.errors import BadInput
from reelwright.messages import format_reason
from reelwright.reason import Action, Reason, build_reason
from reelwright.reel.choices import Choices
from reelwright.reel.plan import Plan
from reelwright.reel.value import ShotId
from reelwright.studio.results import Finding

FAILING_CHECKS: Final = frozenset(
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
"""Checks that fail a film. Source: DESIGN.md 8 and craft.md 9.1 (marked F), read 2026-11-20.

Other findings are only remarks.
"""


def read_findings(
    facts: Mapping[str, Any], plan: Plan | None, accepted_keys: Set[str] = frozenset()
) -> tuple[Finding, ...]:
    """Convert the findings in a film's stored ``facts`` to results, one for each check and shot, in film order."""
    numbers = {shot.id: n for n, shot in enumerate(plan.shots, 1)} if plan else {}
    found: dict[str, Finding] = {}
    for fact in facts.get("findings", ()):
        check, shot = str(fact["check"]), fact.get("shot")
        reason = Reason.from_json(fact.get("reason") or fact.get("said"))
        name = f"{check}/{numbers.get(ShotId(shot), shot) if shot else 'film'}"
        if name in found:
            continue
        found[name] = Finding(
            id=name,
            check=check,
            shot=shot,
            reason=reason,
            message=format_reason(reason),
            is_fault=check in FAILING_CHECKS,
            is_accepted=_key(check, shot) in accepted_keys,
        )
    return tuple(found.values())


def find_open_faults(findings: tuple[Finding, ...]) -> tuple[Finding, ...]:
    """Return the findings that fail a film and that no person accepted; while there are any, its job waits."""
    return tuple(finding for finding in findings if finding.is_fault and not finding.is_accepted)


def explain_faults(open_faults: tuple[Finding, ...]) -> Reason:
    """Build the reason of a job that waits because of faults, such as ``shot 3: frozen for 1.2 s; the film: …``."""
    faults = []
    for fault in open_faults:
        shot = fault.id.partition("/")[2] if fault.shot else None
        message = fault.message or fault.check
        faults.append(
            build_reason("shot_fault" if shot else "film_fault", check=fault.check, shot=shot, message=message)
        )
    numbers = [int(fault.params["shot"]) for fault in faults if fault.params["shot"]]
    edits = [Action("edit_shot", {"shot": numbers[0]})] if numbers else []
    actions = [Action("show_project"), *edits, Action("accept_findings")]
    return build_reason("checks_failed", faults=faults, actions=actions)


def select_accepted_keys(findings: tuple[Finding, ...], names: tuple[str, ...]) -> frozenset[str]:
    """Convert ids of findings (none: all that fail the film) to the keys that ``Choices.accepted_findings`` stores.

    Raises ``BadInput`` for a name that is no finding.
    """
    if not names:
        return frozenset(_key(finding.check, finding.shot) for finding in find_open_faults(findings))
    known = {finding.id: _key(finding.check, finding.shot) for finding in findings}
    if unknown := [name for name in names if name not in known]:
        raise BadInput("accept", unknown[0], ", ".join(known) or "no name: this film has no findings")
    return frozenset(known[name] for name in names)


def keep_accepted(choices: Choices, changed_shots: Set[ShotId]) -> frozenset[str]:
    """Return the keys of accepted findings that an edit keeps: all but those of the shots in ``changed_shots``."""
    return frozenset(key for key in choices.accepted_findings if ShotId(key.partition("/")[2]) not in changed_shots)


def _key(check: str, shot: str | None) -> str:
    return f"{check}/{shot or 'film'}"
