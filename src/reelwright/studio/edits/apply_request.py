"""The verb ``apply``: compare a film.yaml with its project, price the difference, and write the next revision."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from reelwright.errors import BadInput, NotFound, StaleRevision
from reelwright.planner.match import is_drawn
from reelwright.reason import Action
from reelwright.reel.base.value import Digest
from reelwright.reel.film.plan import OwnFootage, Plan, map_shots
from reelwright.reel.graph.choices import Choices
from reelwright.reel.graph.request import Request
from reelwright.reel.records.operation import Standing
from reelwright.studio import late_modules as late
from reelwright.studio.files import project_files
from reelwright.studio.films.drive import carry_out_cancel
from reelwright.studio.films.project_run import aim_at_goal, quote_with_account
from reelwright.studio.quotes import validation
from reelwright.studio.quotes.progress_reporter import Listen
from reelwright.studio.results.results import ProjectQuote
from reelwright.studio.runtime.home import Home
from reelwright.studio.runtime.scratch import open_scratch_folder
from reelwright.studio.scripts import film_yaml
from reelwright.studio.scripts.briefing import (
    CLIPS,
    IntakeResult,
    refuse_large_file,
    refuse_small_picture,
    take_in,
    take_in_font,
)
from reelwright.units import convert_frames_to_ms


@dataclass(frozen=True, slots=True, kw_only=True)
class ApplyRequest:
    """A film.yaml that was read, checked and priced. ``project`` None: its project is not in this home, so that
    applying it opens a new one. ``files``: the material files by digest.
    """

    folder: Path
    document: film_yaml.FilmDocument
    project: str | None
    plan: Plan
    choices: Choices
    files: Mapping[Digest, Path]
    quote: ProjectQuote


async def read_apply_request(home: Home, path: str | Path, listen: Listen | None) -> ApplyRequest:
    """Read, check and price a film.yaml, after carrying out a pending cancel of its project. Spends nothing.

    ``path``: the folder of the film.yaml, or the file itself. Raises ``BadInput`` naming the path inside the file, and
    ``StaleRevision`` if the project has a newer revision than the file.
    """
    folder = validation.check_path("folder", path) or Path()
    document, base = await asyncio.to_thread(project_files.read, folder)
    files = await asyncio.to_thread(project_files.check_materials, document, base)
    await _refuse_foreign(home, files, document)
    standing = await _find_standing(home, document, listen)
    if standing is None:
        plan, choices = _match_requests(document.plan), project_files.drop_take_choices(document)
        aim = _build_new_standing(home, document, plan, choices)
        return ApplyRequest(
            folder=folder,
            document=document,
            project=None,
            plan=plan,
            choices=choices,
            files=files,
            quote=await quote_with_account(home, aim),
        )
    plan = document.plan if document.plan == standing.plan else _match_requests(document.plan, standing.plan)
    _refuse_stale(document, standing, plan)
    aim = aim_at_goal(replace(standing, plan=plan, choices=document.choices), "film")
    return ApplyRequest(
        folder=folder,
        document=document,
        project=standing.project,
        plan=plan,
        choices=document.choices,
        files=files,
        quote=await quote_with_account(home, aim),
    )


async def apply_request(home: Home, request: ApplyRequest) -> str:
    """Store a checked film.yaml as its project's next revision, or as a new project, and return the project's id.

    Writes the project's id and the revision into the film.yaml. Materials are stored in the vault first. Spends
    nothing.
    """
    for path in request.files.values():
        await home.vault.put_file(home.account, path, "application/octet-stream")
    project = request.project
    if project is None:
        project = await home.journal.open_project(home.account, request.plan.title, request.document.brief)
    standing = await home.journal.read_standing(home.account, project)
    revision = standing.revision
    if (request.plan, request.choices) != (standing.plan, standing.choices):
        base = request.document.revision if request.project else 0
        revision = await home.journal.revise(
            home.account, project, base, request.plan, request.choices, "person", home.key
        )
    await asyncio.to_thread(project_files.note_revision, request.folder, project, revision)
    return project


async def refuse_unapplied_changes(home: Home, folder: Path, project: str) -> None:
    """Raise ``BadInput`` if the film.yaml in ``folder`` has unapplied changes, which a pull would overwrite."""
    theirs = await asyncio.to_thread(project_files.read_existing_document, folder, project)
    if theirs is None:
        return
    try:
        plan, choices = await home.journal.read_revision(home.account, project, theirs.revision)
    except NotFound:
        plan, choices = theirs.plan, Choices()
    if choices != theirs.choices or plan not in (theirs.plan, _match_requests(theirs.plan, plan)):
        raise BadInput(
            "folder",
            str(folder),
            "a folder whose film.yaml has no changes that were not applied",
            actions=[Action("apply_film", {"folder": str(folder)}), Action("pull_film", {"project": project})],
        )


def _match_requests(plan: Plan, before: Plan | None = None) -> Plan:
    """Return the plan with requests that match its words and lengths. Shots that nobody changed keep theirs.

    ``before``: the plan before the change, to find out what was changed.
    """
    old = {shot.id: shot for shot in before.shots} if before else {}
    for shot in plan.shots:
        if isinstance(shot.source, OwnFootage) or is_drawn(shot.source):
            made = late.edit.rematch(plan, shot.id)
        elif shot.id in old and shot.source == old[shot.id].source:
            texts = {role: shot.words.get(role) for role in {*shot.words, *old[shot.id].words}}
            changed = {role: text for role, text in texts.items() if text != old[shot.id].words.get(role)}
            anew = late.recast.recast(
                plan, old[shot.id], replace(shot, overlays=late.edit.update_titles(shot.overlays, changed))
            )
            if (still := shot.opening.image) not in (None, old[shot.id].opening.image):
                anew = replace(late.own_stills.reopen_shot(plan, anew, still, "its still"), opening=shot.opening)
            made = map_shots(plan, lambda one, anew=anew: anew if one.id == anew.id else one)  # type: ignore[misc]
        else:
            continue  # its request was written by hand, or there is no earlier shot
        plan = made if made.beats != plan.beats else plan
    stale_bed = plan.bed is not None and plan.bed.request.ms != convert_frames_to_ms(plan.length, plan.fps)
    return late.plan_reader.validate_plan(late.edit.rescore(plan) if stale_bed else plan, f"{film_yaml.NAME}.plan")


async def _find_standing(home: Home, document: film_yaml.FilmDocument, listen: Listen | None) -> Standing | None:
    if document.project is None:
        return None
    try:
        await carry_out_cancel(home, document.project, listen)
        standing = await home.journal.read_standing_with_spending(home.account, document.project)
    except NotFound:
        return None
    if standing.brief != document.brief:
        raise BadInput(
            f"{film_yaml.NAME}.brief",
            document.brief.text,
            "the brief as it was: it is never rewritten",
            hint="take out the line `project:` to make a new one of it",
        )
    return standing


def _refuse_stale(document: film_yaml.FilmDocument, standing: Standing, plan: Plan) -> None:
    same = plan == standing.plan and document.choices == standing.choices
    if not same and document.revision != standing.revision:
        raise StaleRevision(
            code="film_file_is_older", revision=document.revision, project=standing.project, newest=standing.revision,
            actions=[Action("pull_film", {"project": standing.project})],
        )  # fmt: skip


def _build_new_standing(home: Home, document: film_yaml.FilmDocument, plan: Plan, choices: Choices) -> Standing:
    standing = Standing(
        account=home.account,
        project="",
        brief=document.brief,
        revision=0,
        plan=plan,
        choices=choices,
        job=None,
        outcomes={},
        deleted_assets=frozenset(),
        encoding=home.encoding,
    )
    return aim_at_goal(standing, "film")


async def _refuse_foreign(home: Home, files: Mapping[Digest, Path], document: film_yaml.FilmDocument) -> None:
    """Raise ``BadInput`` or ``UnreadableMedia`` for a file that is not in the vault and that intake refuses.

    Pictures that a model is shown must keep to the limits on size. A font is read even if the vault has its file, which
    may have come as a clip. One that the vault lacks must be as intake writes it: the bytes that a film names are those
    that are drawn with.
    """
    opened_on = {shot.opening.image for shot in document.plan.shots if shot.opening.image}
    fonts = _list_fonts(document)
    foreign = {digest: path for digest, path in files.items() if not await home.vault.has(home.account, digest)}
    with open_scratch_folder() as folder:
        taken = IntakeResult()
        for digest in sorted(fonts & set(files)):
            font = await take_in_font(taken, files[digest], folder, f"{film_yaml.NAME}.plan.font")
            if font.asset != digest and digest in foreign:
                raise BadInput(
                    f"{film_yaml.NAME}.plan.font",
                    font.name,
                    "a font of a film that was pulled; this file was never taken in",
                    hint="take the font out of film.yaml, apply it, and give the film its font by an edit",
                )
        for digest, path in foreign.items():
            if digest in fonts:
                continue
            kind: Literal["picture", "clip"] = "clip" if path.suffix.lower() in CLIPS else "picture"
            material = await take_in(taken, path, kind, folder)
            if digest in opened_on:
                refuse_large_file("still", path, home.settings)
                refuse_small_picture("still", path, (material.width, material.height), home.settings)


def _list_fonts(document: film_yaml.FilmDocument) -> set[Digest]:
    """List the fonts of a film.yaml: those of its brief, of its plan, and of what is drawn for it."""
    brief, requests = document.brief, [shot.source for shot in document.plan.shots if isinstance(shot.source, Request)]
    fonts = [brief.font, *(brand.font for brand in brief.brands)]
    drawn_with = [one.asset for request in requests for one in request.inputs if one.role == "font" and one.asset]
    return {*drawn_with, *(font.asset for font in fonts if font), *([document.plan.font] if document.plan.font else [])}
