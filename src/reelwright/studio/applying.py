"""The verb ``apply``: a film.yaml against where its project stands, its price, and its next revision."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Set
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from reelwright.errors import BadInput, NotFound, StaleRevision
from reelwright.reel.choices import Choices
from reelwright.reel.noun import Digest
from reelwright.reel.operation import Standing
from reelwright.reel.plan import Own, Plan, each_shot
from reelwright.studio import checked, filmfile, handover
from reelwright.studio.answers import Quoted
from reelwright.studio.briefing import CLIPS, Taken, refuse_heavy, refuse_small, take_in
from reelwright.studio.drive import carry_out_cancel
from reelwright.studio.home import Home
from reelwright.studio.making import aimed, quoted
from reelwright.studio.scratch import scratch
from reelwright.studio.telling import Listen
from reelwright.units import frames_to_ms


@dataclass(frozen=True, slots=True, kw_only=True)
class Applied:
    """A film.yaml that was read and checked. ``project`` None: not known here, so it becomes a new one."""

    folder: Path
    said: filmfile.Read
    project: str | None
    plan: Plan
    choices: Choices
    files: Mapping[Digest, Path]
    quote: Quoted


async def read_into(home: Home, called: str | Path, listen: Listen | None) -> Applied:
    """Read, check and price, once a pending cancel of its project is carried out. Spends nothing.

    Raises ``BadInput`` naming the path in the file, ``StaleRevision``.
    """
    folder = checked.place("folder", called) or Path()
    said, base = await asyncio.to_thread(handover.read, folder)
    files = await asyncio.to_thread(handover.check_materials, said, base)
    await _refuse_foreign(home, files, {shot.opening.image for shot in said.plan.shots if shot.opening.image})
    standing = await _known(home, said, listen)
    if standing is None:
        plan, choices = _matched(said.plan), handover.elsewhere(said)
        aim = _new(home, said, plan, choices)
        return Applied(
            folder=folder, said=said, project=None, plan=plan, choices=choices, files=files, quote=quoted(home, aim)
        )
    plan = said.plan if said.plan == standing.plan else _matched(said.plan, standing.plan)
    _refuse_stale(said, standing, plan)
    aim = aimed(replace(standing, plan=plan, choices=said.choices), "film")
    return Applied(
        folder=folder,
        said=said,
        project=standing.project,
        plan=plan,
        choices=said.choices,
        files=files,
        quote=quoted(home, aim),
    )


async def write_into(home: Home, applied: Applied) -> str:
    """The next revision of its project, or a new project; the file then names what it has become."""
    for path in applied.files.values():
        await home.vault.put_file(home.account, path, "application/octet-stream")
    project = applied.project
    if project is None:
        project = await home.journal.open_project(home.account, applied.plan.title, applied.said.brief)
    standing = await home.journal.standing(home.account, project)
    revision = standing.revision
    if (applied.plan, applied.choices) != (standing.plan, standing.choices):
        base = applied.said.revision if applied.project else 0
        revision = await home.journal.revise(home.account, project, base, applied.plan, applied.choices, "person")
    await asyncio.to_thread(handover.note_revision, applied.folder, project, revision)
    return project


async def refuse_edited(home: Home, folder: Path, project: str) -> None:
    """Raise ``BadInput`` where a film.yaml in ``folder`` holds changes not applied, which a pull would lose."""
    theirs = await asyncio.to_thread(handover.film_there, folder, project)
    if theirs is None:
        return
    try:
        plan, choices = await home.journal.revision(home.account, project, theirs.revision)
    except NotFound:
        plan, choices = theirs.plan, Choices()
    if choices != theirs.choices or plan not in (theirs.plan, _matched(theirs.plan, plan)):
        raise BadInput(
            "folder",
            str(folder),
            "a folder whose film.yaml has no changes that were not applied",
            hint=f"reelwright apply '{folder}', or pull into another folder",
        )


def _matched(plan: Plan, before: Plan | None = None) -> Plan:
    """The plan with the requests that its words and lengths now ask for; what nobody touched stays as it is.

    ``before``: the plan that was changed, by which it is told what was.
    """
    from reelwright.planner.casting.own_stills import reopened
    from reelwright.planner.casting.recast import recast
    from reelwright.planner.edit import rematch, rescore, retitled
    from reelwright.planner.match import is_drawn
    from reelwright.planner.read import checked_plan

    old = {shot.id: shot for shot in before.shots} if before else {}
    for shot in plan.shots:
        if isinstance(shot.source, Own) or is_drawn(shot.source):
            made = rematch(plan, shot.id)
        elif shot.id in old and shot.source == old[shot.id].source:
            said = {role: shot.words.get(role) for role in {*shot.words, *old[shot.id].words}}
            changed = {role: text for role, text in said.items() if text != old[shot.id].words.get(role)}
            anew = recast(plan, old[shot.id], replace(shot, overlays=retitled(shot.overlays, changed)))
            if (still := shot.opening.image) not in (None, old[shot.id].opening.image):
                anew = replace(reopened(plan, anew, still, "its still"), opening=shot.opening)
            made = each_shot(plan, lambda one, anew=anew: anew if one.id == anew.id else one)  # type: ignore[misc]
        else:
            continue  # its request was written by hand, or nothing is known of what it was
        plan = made if made.beats != plan.beats else plan
    stale_bed = plan.bed is not None and plan.bed.request.ms != frames_to_ms(plan.length, plan.fps)
    return checked_plan(rescore(plan) if stale_bed else plan, f"{filmfile.NAME}.plan")


async def _known(home: Home, said: filmfile.Read, listen: Listen | None) -> Standing | None:
    if said.project is None:
        return None
    try:
        await carry_out_cancel(home, said.project, listen)
        standing = await home.journal.standing_with_spent(home.account, said.project)
    except NotFound:
        return None
    if standing.brief != said.brief:
        raise BadInput(
            f"{filmfile.NAME}.brief",
            said.brief.text,
            "the brief as it was: it is never rewritten",
            hint="take out the line `project:` to make a new one of it",
        )
    return standing


def _refuse_stale(said: filmfile.Read, standing: Standing, plan: Plan) -> None:
    same = plan == standing.plan and said.choices == standing.choices
    if not same and said.revision != standing.revision:
        raise StaleRevision(
            f"film.yaml is of revision {said.revision}; {standing.project} is at {standing.revision}",
            hint=f"reelwright pull {standing.project} elsewhere, and carry your changes over",
        )


def _new(home: Home, said: filmfile.Read, plan: Plan, choices: Choices) -> Standing:
    standing = Standing(
        account=home.account,
        project="",
        brief=said.brief,
        revision=0,
        plan=plan,
        choices=choices,
        job=None,
        had={},
        gone=frozenset(),
    )
    return aimed(standing, "film")


async def _refuse_foreign(home: Home, files: Mapping[Digest, Path], opened_on: Set[Digest]) -> None:
    """What this vault does not know passes intake before it is believed; its bytes are kept as they are.

    ``opened_on``: pictures that models are shown, which keep to the limits for these.
    """
    foreign = {digest: path for digest, path in files.items() if not await home.vault.has(home.account, digest)}
    with scratch() as folder:
        taken = Taken()
        for digest, path in foreign.items():
            kind: Literal["picture", "clip"] = "clip" if path.suffix.lower() in CLIPS else "picture"
            material = await take_in(taken, path, kind, folder)
            if digest in opened_on:
                refuse_heavy("still", path, home.settings)
                refuse_small("still", path, (material.width, material.height), home.settings)
