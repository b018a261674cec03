"""A plan from a brief by rules alone: pure, deterministic, and no word in it that the brief does not say."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any, Final

from reelwright.errors import BadInput, NothingCertain
from reelwright.media.work import Made, MadeFile, Report, Source
from reelwright.planner.certain.screens import scenes_of, script_of_brief, stand_in
from reelwright.planner.certain.shown import shown
from reelwright.planner.certain.skeleton import WAYS, short
from reelwright.planner.door import checked
from reelwright.planner.drawable import refuse_text
from reelwright.planner.screens.film import film_of_parts
from reelwright.planner.screens.fitting import fitted
from reelwright.planner.screens.own import with_own
from reelwright.planner.screens.parts import Part, parts_of
from reelwright.planner.settled import Settled, settled
from reelwright.reel.brief import Brief
from reelwright.reel.canonical import digest_of
from reelwright.reel.noun import noun
from reelwright.reel.plan import Plan
from reelwright.units import ms_to_frames

MODEL: Final = "rules/2026.2"
MORE_WAYS: Final = (
    "say more in a script (reelwright write BRIEF -o script.md, then reelwright make script.md), or have a language "
    "model write it: --planner ollama:MODEL on this machine, or one that is paid (reelwright models --can plan)"
)
_LISTED: Final = 20
_PLAIN: Final = ("length", "aspect", "request")
"""Directions of which a person is told only where they may hold a fact."""
_FACT: Final = re.compile(r"\d.*\d|[£$€¥]|%")


@noun
class Planned:
    """A plan, what was understood of the brief, and what the person should know about it in plain sentences.

    ``understood``: field to ``{"value", "span"}``; ``span``: the brief's own characters [start, end), or None.
    """

    plan: Plan
    understood: Mapping[str, Any]
    said: tuple[str, ...] = ()


def plan(brief: Brief) -> Planned:
    """The film that answers ``brief``. The same brief gives the same plan, ids included, on every machine.

    Raises ``BadInput`` naming field, value and what is accepted; ``NothingCertain`` where the brief holds nothing to
    show. Never spends, reads no clock and no disk but our own tables; where the brief asks for AI models, what the
    catalogue sells today.
    """
    return as_cast(drawn(brief), brief)


def drawn(brief: Brief) -> Planned:
    """The film before its shots are given to models."""
    checked(brief)
    if brief.archetype and not brief.planner:
        raise BadInput(
            "archetype", brief.archetype, "nothing without a language model that writes to it: --planner MODEL",
            hint="reelwright models --can plan",
        )  # fmt: skip
    there = settled(brief)
    for piece in () if brief.planner else there.certain.pieces:
        refuse_text("brief", piece.text, there.language)
    said: list[str] = []
    stands_in = bool(brief.planner) and not there.is_filmed
    if brief.planner:  # for a price alone, until the words of the language model are there
        script = stand_in(
            there.certain, there.ms or there.flavor.length_ms, filmed=there.is_filmed, voiced=there.is_voiced
        )
    else:
        script = script_of_brief(there.certain, filmed=there.is_filmed, voiced=there.is_voiced, ms=there.ms)
    words_there = parts_of(script, "brief", voiced=there.is_voiced) if script.screens else ()
    seen = scenes_of(there.certain)[0] if there.is_filmed else ""
    parts, not_shown = with_own(words_there, there.files, seen=seen)
    if not parts:
        refuse_text("brief", brief.text, there.language)
        raise NothingCertain("brief", short(brief.text), WAYS, hint=" ".join((*not_shown, f"Or {MORE_WAYS}")))
    title = script.title(otherwise=brief.text)
    parts, ms = _lasting(there, parts, title, said, stands_in=stands_in)
    filmed = film_of_parts(parts, there.filming(title, ms, stands_in=stands_in))
    made = replace(filmed.plan, brief=digest_of(brief), author="rules")
    told = (*_told(there, made), *said, *not_shown, *filmed.said)
    return Planned(plan=made, understood=shown(there.certain, there.asked_tone), said=told)


def as_cast(planned: Planned, brief: Brief) -> Planned:
    """The plan with its shots, voices and music given to the models that the brief asks for."""
    from reelwright.planner.casting.keeping import cast_for

    made_by = cast_for(planned.plan, brief)
    return replace(planned, plan=made_by.plan, said=(*planned.said, *made_by.said))


def plan_work(args: Mapping[str, Any], sources: Sequence[Source], room: Path, report: Report) -> Made:
    """The work ``words.plan``: ``args["brief"]`` in plain JSON becomes ``plan.json``. Costs nothing."""
    from reelwright.reel.document import from_plain, to_json

    planned = plan(from_plain(Brief, args["brief"], "brief"))
    path = room / "plan.json"
    path.write_text(to_json(planned.plan), encoding="utf-8")
    report(1.0)
    facts = {"understood": dict(planned.understood), "said": list(planned.said)}
    return Made(files=(MadeFile(path=path, mime="application/json", name="plan"),), facts=facts)


def _lasting(
    there: Settled, parts: tuple[Part, ...], title: str, said: list[str], *, stands_in: bool
) -> tuple[tuple[Part, ...], int | None]:
    """The shots of a film that lasts as long as is asked for, and that; None: as long as its words take."""
    ms = there.ms
    if ms is None or there.brief.planner:
        return parts, None
    asked = there.filming(title, None, stands_in=stands_in)
    fps = there.flavor.fps
    wanted = Fraction(ms_to_frames(ms, fps) * fps[1], fps[0])
    found = fitted(parts, asked, wanted, scenes_of(there.certain) if there.is_filmed else ())
    if found.least <= wanted <= found.most:
        if found.gone:
            said.append(f"Not in {ms / 1000:g} s: {_quoted(found.gone)}.")
        return found.parts, ms
    too_long = found.least > wanted
    if there.brief.length_ms is not None:
        near = f"at least {-(-found.least // 1)} s" if too_long else f"at most {int(found.most)} s"
        accepted = f"{near} with what this brief says for certain"
        raise BadInput("length", f"{ms / 1000:g} s", accepted, hint=f"Or {MORE_WAYS}")
    how = "takes longer" if too_long else "is read sooner"
    said.append(
        f"The brief asks for {ms / 1000:g} s; what it says for certain {how}: the film is as long as its words take."
    )
    return parts, None


# what a person is told


def _told(there: Settled, made: Plan) -> list[str]:
    said: list[str] = []
    certain = there.certain
    if there.brief.planner:
        return said
    if certain.name is None and not certain.told("no_names") and not certain.told("no_text"):
        said.append("The brief marks no name: put it in quotation marks, or after “Name:”.")
    told = [one.text for one in certain.directions if one.kind not in _PLAIN or _FACT.search(one.text)]
    if told:
        said.append(f"Read as told to the maker, and not shown: {_quoted(told)}.")
    seen = " ".join(shot.prompt for shot in made.shots) if there.is_filmed else ""
    filmed = [part.text for part in certain.unused if " ".join(part.text.split()) in seen]
    unused = [part.text for part in certain.unused if part.text not in filmed]
    if filmed:
        said.append(f"Seen, and not read: {_quoted(filmed)}.")
    if unused:
        said.append(f"Not used of the brief: {_quoted(unused)}. To show it, {MORE_WAYS}.")
    return said


def _quoted(texts: Sequence[str]) -> str:
    shown_here = [f"“{short(one)}”" for one in texts[:_LISTED]]
    more = len(texts) - len(shown_here)
    return ", ".join(shown_here) + (f" and {more} more" if more else "")
