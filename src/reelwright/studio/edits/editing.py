"""The verb ``edit``: check a change, compute the next revision of the plan, and quote it."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

from reelwright.catalogue.models import load_models
from reelwright.errors import BadInput
from reelwright.messages import format_notes
from reelwright.planner.roles import list_screen_words
from reelwright.reason import Note
from reelwright.reel.base.value import ShotId
from reelwright.reel.film.brief import Brand, Font, Material, Still
from reelwright.reel.film.plan import Plan
from reelwright.reel.graph.choices import Choices
from reelwright.reel.graph.graph import Graph
from reelwright.reel.graph.request import Request
from reelwright.reel.records.operation import Standing
from reelwright.settings import Settings
from reelwright.studio import late_modules as late
from reelwright.studio.edits import continuation, plan_changes
from reelwright.studio.films.format_prices import add_framing_prices
from reelwright.studio.films.project_run import aim_at_goal, quote_change
from reelwright.studio.quotes import validation
from reelwright.studio.quotes.quote_warnings import list_lost_edits
from reelwright.studio.results.results import ProjectQuote, TextChange
from reelwright.studio.results.verb_options import Changes
from reelwright.studio.runtime import quality
from reelwright.studio.runtime.home import Home, can_take_last_frame
from reelwright.studio.runtime.scratch import ScratchFolder
from reelwright.studio.runtime.successors import Successors
from reelwright.studio.scripts.briefing import (
    IntakeResult,
    describe_font,
    describe_unshown_end_card,
    describe_unshown_logo,
    find_file,
    read_stills,
    take_in,
    take_in_font,
    take_in_logo,
    take_in_look,
)
from reelwright.studio.scripts.own_looks import resolve_look
from reelwright.units import convert_frames_to_ms, find_nearest_aspect


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """A checked edit, not yet applied to a project.

    ``material``: a picture or clip for a shot. ``logo`` and ``font``: the film's from now on. ``brand_end_card``:
    the home's, for a film whose last screen has room for it. ``stills``: new ones for the openings
    of beats. ``ends_on``: returns whether a model takes a last frame. ``notes``: what was repaired or replaced.
    ``replaced_models``: retired models with their successors. ``planned_ms``: if the edit changes the film's length,
    the length that the film was planned for last; None: the length in its brief.
    """

    changes: Changes
    material: Material | None
    stills: tuple[Still, ...]
    ends_on: continuation.EndsOn
    logo: Material | None = None
    font: Font | None = None
    brand_end_card: str = ""
    notes: tuple[str, ...] = ()
    replaced_models: Mapping[str, str] = field(default_factory=dict)
    planned_ms: int | None = None

    @property
    def film_ms(self) -> int | None:
        """The new length of the whole film in milliseconds; None if the edit keeps it."""
        of_the_film = self.changes.get("length") if self.changes.get("shot") is None else None
        return validation.parse_milliseconds("length", of_the_film)

    def apply_length(self, standing: Standing) -> tuple[Plan, tuple[Note, ...]]:
        """Return the plan at the film's new length, and notes about it for a person."""
        assert standing.plan
        if (ms := self.film_ms) is None:
            return standing.plan, ()

        return late.relengthening.set_film_length(standing.plan, standing.brief, self.planned_ms, ms)

    def revise(self, standing: Standing, seam_mode: Literal["bridge", "reflow"] | None = None) -> tuple[Plan, Choices]:
        """Return the project's plan and choices with the edit applied; writes nothing. Raises ``BadInput``.

        ``seam_mode`` None: as in the edit's ``continuation``; if that is not set, a bridge if possible.
        """
        assert standing.plan
        plan = self.apply_length(standing)[0]
        plan = plan_changes.apply_changes(
            plan, self.changes, self.material, self.stills, self.logo, self.brand_end_card, standing.brief, self.font
        )
        touched = plan_changes.find_changed_shots(standing.plan, plan)
        choices = replace(
            standing.choices,
            accepted_findings=quality.keep_accepted(standing.choices, touched),
            replaced_models={**standing.choices.replaced_models, **self.replaced_models},
        )
        requested = self.changes.get("continuation")
        named = frozenset(plan_changes.list_named_shots(plan, self.changes))
        at = self._list_affected_shots(standing.plan, plan)
        if requested:
            continuation.refuse_useless_seam_mode(standing, plan, at, requested, self.ends_on)
        for shot in at:
            if (seam_mode or requested) == "reflow":
                plan, choices = continuation.apply_reflow(standing, plan, choices, shot)
                continue
            choices = continuation.keep_detached_take(standing, plan, choices, shot, named)
            plan, choices = continuation.build_bridge(standing, plan, choices, shot, self.ends_on) or (plan, choices)
        return plan, choices

    def _list_affected_shots(self, before: Plan, plan: Plan) -> tuple[ShotId, ...]:
        """Return the edited shots: those that were named, and those that open on another still."""
        old = {shot.id: shot.opening for shot in before.shots}
        opened = (one.id for one in plan.shots if self.stills and one.opening != old.get(one.id))
        return tuple(dict.fromkeys((*plan_changes.list_named_shots(plan, self.changes), *opened)))

    def revise_both_ways(self, standing: Standing) -> dict[str, tuple[Plan, Choices]]:
        """Return plan and choices after the edit by ``bridge`` and by ``reflow``; empty if both give the same."""
        made = {way: self.revise(standing, way) for way in ("bridge", "reflow")}
        return made if made["bridge"] != made["reflow"] else {}


async def build_edit(
    changes: Changes, scratch: ScratchFolder, settings: Settings, brand: Brand | None = None
) -> tuple[Edit, IntakeResult]:
    """Check a person's changes, import their pictures or clip into ``scratch``, and return both.

    ``brand``: of the home, for an edit that asks for it. Raises ``BadInput``.
    """
    plan_changes.check(changes)
    taken = IntakeResult()
    successors = Successors(changes.get("successor"), settings)
    if (by := changes.get("model")) is not None:
        changes = {**changes, "model": successors.resolve_model(validation.check_text("model", by, 200))}
        taken.note_replacements(successors)
    if (look := changes.get("look")) is not None:
        changes = {**changes, "look": await take_in_look(taken, resolve_look(look, settings.looks), scratch, settings)}
    material = None
    if (image := changes.get("image")) is not None:
        material = await take_in(taken, find_file("image", image), "picture", scratch, "image")
    if (clip := changes.get("clip")) is not None:
        material = await take_in(taken, find_file("clip", clip), "clip", scratch, "clip")
    stills = await read_stills(taken, changes.get("storyboard") or {}, scratch, settings)
    logo, font, end_card = None, None, ""
    if changes.get("brand"):
        if brand is None:
            raise BadInput("brand", True, "a brand that is set for this home")
        logo = brand.logo if changes.get("logo") is None else None
        font = brand.font if changes.get("font") is None else None
        end_card = brand.end_card if changes.get("end_card") is None else ""
        if brand.accent and changes.get("accent") is None:
            changes = {**changes, "accent": brand.accent}
    if (mark := changes.get("logo")) is not None and not validation.is_none(mark):
        logo = await take_in_logo(taken, find_file("logo", mark), scratch, "logo")
    if (given := changes.get("font")) is not None and not validation.is_none(given):
        font = await take_in_font(taken, find_file("font", given), scratch, "font")
    edit = Edit(
        changes=changes, material=material, stills=stills, logo=logo, font=font, brand_end_card=end_card,
        ends_on=can_take_last_frame, notes=tuple(taken.notes), replaced_models=taken.replaced_models,
    )  # fmt: skip
    return edit, taken


async def add_planned_length(home: Home, standing: Standing, edit: Edit) -> Edit:
    """Add to an edit of the film's length the length that the film was last planned for; other edits stay.

    Raises ``BadInput`` if the film was not planned by the rules.
    """
    if edit.film_ms is None or standing.plan is None:
        return edit

    first, _ = await home.journal.read_revision(home.account, standing.project, 1)
    if standing.brief.planner or not await asyncio.to_thread(
        late.relengthening.is_planned_by_rules, first, standing.brief
    ):
        who = standing.brief.planner or "a plan of its own, or rules of another version"
        raise BadInput(
            "length", edit.changes.get("length"), f"a film that the rules planned; this one follows {who}",
            hint="change the length of one shot, or make another film of that length",
        )  # fmt: skip
    if standing.plan.brief == first.brief:
        return edit
    earliest = standing.plan
    for number in range(standing.revision - 1, 1, -1):
        plan, _ = await home.journal.read_revision(home.account, standing.project, number)
        if plan.brief != standing.plan.brief:
            break
        earliest = plan
    return replace(edit, planned_ms=convert_frames_to_ms(earliest.length, earliest.fps))


def describe_cropping(before: Plan | None, aspect: object) -> tuple[str, ...]:
    """Return a sentence for each model of the plan whose video must be cropped to ``aspect``; None: no sentence.

    Of several aspects it is the one in which takes are made.
    """
    aspects = validation.check_aspects(aspect)
    if before is None or aspects is None:
        return ()
    own = find_nearest_aspect(before.size)
    wanted = own if own in aspects else aspects[0]
    made = {shot.source.model for shot in before.shots if isinstance(shot.source, Request)}
    rows = [
        row for name in sorted(made) if (row := load_models().get(name)) and row.aspects and wanted not in row.aspects
    ]
    return tuple(f"{row.name} makes {', '.join(row.aspects)}; it is cropped to {wanted}." for row in rows)


async def quote_edit(home: Home, standing: Standing, edit: Edit) -> ProjectQuote:
    """Quote what a project would lack after an edit, by bridge and by reflow if these differ.

    Spends nothing.
    """
    plan, choices = edit.revise(standing)
    before = {shot.id: shot for shot in standing.plan.shots} if standing.plan else {}
    notes: list[Note] = [
        *edit.apply_length(standing)[1],
        *describe_cropping(standing.plan, edit.changes.get("aspect")),
        *late.carrying.list_lost_starts(before, plan),
        *describe_unshown_logo(edit.logo, plan),
        *describe_font(edit.font, plan),
        *describe_unshown_end_card(edit.brand_end_card, plan),
        *late.exclusion_warnings.list_exclusion_warnings(shot for shot in plan.shots if shot != before.get(shot.id)),
    ]
    if standing.plan and (replace(plan, author=standing.plan.author), choices) == (standing.plan, standing.choices):
        notes.append("The film is so already: nothing changes.")
    ways = {
        way: (await _quote_revision(home, standing, *revised)).micros
        for way, revised in edit.revise_both_ways(standing).items()
    }
    full = await _quote_revision(home, standing, plan, choices)
    if edit.changes.get("aspect") is not None or edit.changes.get("native") is not None:
        after = aim_at_goal(replace(standing, plan=plan, choices=choices), standing.goal)
        full = add_framing_prices(full, after, home.producer.quote)
    words = list_text_changes(standing.plan, plan) if standing.plan else ()
    all_notes = (*edit.notes, *full.notes, *format_notes(notes))
    return full.replace(
        prices_by_continuation=ways, text_changes=words, notes=all_notes, lost_edits=list_lost_edits(notes), plan=plan
    )


def list_text_changes(before: Plan, after: Plan) -> tuple[TextChange, ...]:
    """List the shots whose text on screen differs between two plans, each with the text before and after."""
    old = {shot.id: list_screen_words(before, shot) for shot in before.shots}
    rows = []
    for n, shot in enumerate(after.shots, 1):
        now, was = list_screen_words(after, shot), old.get(shot.id, {})
        if now != was:
            rows.append(TextChange(n=n, shot=shot.id, before=was, after=now))
    return tuple(rows)


def build_graph_after(home: Home, standing: Standing, edit: Edit) -> Graph:
    """Build the graph of steps that the project would have after the edit, up to its last goal. Writes nothing."""
    plan, choices = edit.revise(standing)
    return home.producer.build_graph(aim_at_goal(replace(standing, plan=plan, choices=choices), standing.goal))


async def _quote_revision(home: Home, standing: Standing, plan: Plan, choices: Choices) -> ProjectQuote:
    return await quote_change(home, aim_at_goal(replace(standing, plan=plan, choices=choices), standing.goal))
