"""Standings as a person reads them: shots with their takes, the film with what was found in it, what was spent."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from reelwright.errors import BadInput
from reelwright.reel.breakdown import breakdown, take_key
from reelwright.reel.brief import Goal
from reelwright.reel.choices import again
from reelwright.reel.cut import Cut
from reelwright.reel.graph import Graph
from reelwright.reel.noun import Digest, Fingerprint, ShotId
from reelwright.reel.operation import Job, Project, Purchase, Standing
from reelwright.reel.outcome import Outcome, Take
from reelwright.reel.plan import Own, Plan
from reelwright.reel.wanted import known
from reelwright.studio import deliver
from reelwright.studio.answers import (
    EditShown,
    FilmFile,
    Finding,
    FlavorShown,
    JobShown,
    ProjectShown,
    ShotMade,
    ShownState,
    TakeShown,
)
from reelwright.studio.produce import film_of, findings_in
from reelwright.studio.spent import Reused
from reelwright.studio.telling import number_of, numbers, with_numbers
from reelwright.units import Frames, Micros, frames_to_seconds

if TYPE_CHECKING:
    from reelwright.planner.flavors import Flavor


def shots_made(standing: Standing, takes: Sequence[Take] = ()) -> tuple[ShotMade, ...]:
    """Every shot of the newest revision, in the order of the film."""
    from reelwright.planner.roles import on_screen

    plan = standing.plan
    if plan is None:
        return ()
    found = known(breakdown(plan, "takes"), standing.choices, standing.had, standing.gone)
    windows = plan.windows()
    rows = []
    for n, (beat, shot) in enumerate(((turn, one) for turn in plan.beats for one in turn.shots), 1):
        own = isinstance(shot.source, Own)
        take = shot.source.asset if isinstance(shot.source, Own) else found[take_key(shot.id)].chosen
        rows.append(
            ShotMade(
                n=n,
                id=shot.id,
                beat=beat.name,
                start_s=round(float(frames_to_seconds(windows[shot.id][0], plan.fps)), 3),
                seconds=round(float(frames_to_seconds(shot.length, plan.fps)), 3),
                prompt=shot.prompt,
                words=on_screen(plan, shot),
                take=take,
                takes=1 if own else sum(1 for one in takes if one.shot == shot.id),
            )
        )
    return tuple(rows)


def with_takes(said: str, shots: Sequence[ShotMade]) -> str:
    """What a step says of bytes, with the shot whose take they are in place of their digest."""
    for shot in shots:
        if shot.take:
            said = said.replace(shot.take, f"the take of shot {shot.n}")
    return said


def takes_shown(standing: Standing, takes: Sequence[Take]) -> tuple[TakeShown, ...]:
    """Every take of every shot, counted within its shot as they came, those of one purchase by their sample.

    ``circled``: the one that the film uses.
    """
    plan = standing.plan
    if plan is None:
        return ()
    found = known(breakdown(plan, "takes"), standing.choices, standing.had, standing.gone)
    used = {shot.id: one.chosen for shot in plan.shots if (one := found.get(take_key(shot.id)))}
    counts: dict[ShotId, int] = {}
    rows = []
    began: dict[Fingerprint, str] = {}
    for take in takes:  # ids sort by the time of their making, those of one moment by chance
        began[take.fingerprint] = min(take.id, began.get(take.fingerprint, take.id))
    for take in sorted(takes, key=lambda one: (one.shot, began[one.fingerprint], one.sample)):
        counts[take.shot] = counts.get(take.shot, 0) + 1
        circled = used.get(take.shot) == take.asset
        rows.append(
            TakeShown(
                n=counts[take.shot],
                shot=take.shot,
                asset=take.asset,
                round=take.round,
                sample=take.sample,
                circled=circled,
            )
        )
    return tuple(rows)


def edits_shown(cut: Cut) -> tuple[EditShown, ...]:
    """The entries of a cut in the order of the film, times in seconds."""
    rows, at = [], Frames(0)
    for n, edit in enumerate(cut.edits, 1):
        at_s, from_s, seconds, over_s = (
            round(float(frames_to_seconds(frames, cut.fps)), 3) for frames in (at, edit.start, edit.length, edit.over)
        )
        rows.append(
            EditShown(
                n=n,
                shot=edit.shot,
                asset=edit.asset,
                at_s=at_s,
                from_s=from_s,
                seconds=seconds,
                into=edit.into,
                over_s=over_s,
            )
        )
        at = Frames(at + edit.length)
    return tuple(rows)


def film_had(standing: Standing, goal: Goal = "film") -> Outcome | None:
    """The outcome of the film that the newest revision asks for, if it is had and its bytes are there."""
    if standing.plan is None or goal != "film":
        return None
    film = film_of(standing, breakdown(standing.plan, "film"))
    return film if film and not set(film.assets) & standing.gone else None


def found_in(standing: Standing, film: Outcome | None) -> tuple[Finding, ...]:
    return findings_in(standing, breakdown(standing.plan, "film"), film) if film and standing.plan else ()


def film_file(film: Outcome | None, path: Path) -> FilmFile | None:
    """The film on disk, if it was delivered to ``path``."""
    return deliver.there(film.facts, path) if film else None


def reused_in(graph: Graph, standing: Standing) -> tuple[Reused, ...]:
    """The steps of ``graph`` that use what another project of the account bought, in the order of the graph."""
    shots = numbers(standing.plan)
    rows = []
    for key, found in known(graph, standing.choices, standing.had, standing.gone).items():
        names = [found.fingerprint] if found.fingerprint else []
        names += [again(ask) for ask in standing.choices.asks if ask.of == found.fingerprint]
        for name in names:
            source = standing.had[name].facts.get("reused_from") if name in standing.had else None
            if source:
                at = source["at_ms"]
                rows.append(
                    Reused(
                        step=key,
                        shot=number_of(key, shots),
                        reused_from=source["project"],
                        purchase=source["purchase"],
                        micros=Micros(source["micros"]),
                        bought=datetime.fromtimestamp(at / 1000, UTC) if at else None,
                    )
                )
    return tuple(rows)


def spent(purchases: Sequence[Purchase], job: str | None = None) -> Micros:
    """What was or may have been paid: settled prices, and the quoted ones of what is still open."""
    counted = [p for p in purchases if (job is None or p.job == job) and p.state not in ("released", "intent")]
    return Micros(sum(p.settled if p.settled is not None else p.quoted for p in counted))


def sent_of(purchases: Sequence[Purchase]) -> frozenset[str]:
    """The purchases that have been sent, whatever became of them."""
    return frozenset(p.id for p in purchases if p.state not in ("released", "intent"))


def spent_since(purchases: Sequence[Purchase], sent: Collection[str] | None) -> Micros:
    """What was or may have been paid for what was sent after ``sent``; None: nothing was sent since."""
    return spent([p for p in purchases if sent is not None and p.id not in sent])


def state_shown(job: Job, driven: Collection[str]) -> ShownState:
    """The job's state; ``stopped`` for one that says ``running`` and that no living process drives."""
    return "stopped" if job.state == "running" and job.project not in driven else job.state


def stopped_words(project: str) -> str:
    """How to go on with a job that has stopped."""
    return f"nothing works on it; go on: reelwright resume {project[-6:]}"


def job_shown(job: Job, driven: Collection[str], plan: Plan | None = None) -> JobShown:
    """A row of the queue; ``plan`` gives shots their numbers in what it says. ``driven``: projects that are."""
    state, said = state_shown(job, driven), with_numbers(job.said, plan)
    if state == "stopped":
        said = stopped_words(job.project)
    return JobShown(
        id=job.id,
        project=job.project,
        goal=job.goal,
        state=state,
        why=job.why,
        said=said,
        created=job.created,
        finished=job.finished,
    )


def project_shown(project: Project, standing: Standing, driven: Collection[str]) -> ProjectShown:
    """A row of the projects; ``driven``: those that a living process drives."""
    plan, film = standing.plan, film_had(standing)
    return ProjectShown(
        id=project.id,
        title=plan.title if plan else project.name,
        revision=standing.revision,
        state=state_shown(standing.job, driven) if standing.job else None,
        seconds=round(float(plan.seconds), 3) if plan else None,
        film=Digest(film.assets[0]) if film else None,
        created=project.created,
    )


def flavors_shown(folder: Path | None = None) -> tuple[FlavorShown, ...]:
    """Every flavor, those in ``folder`` too, in the order of their names. One that is broken says why."""
    from reelwright.planner.flavors import flavors, made_of
    from reelwright.planner.flavors.parts import read_parts
    from reelwright.studio.flavoring import own_folders

    found = {name: flavor_shown(one) for name, one in flavors().items()}
    for name, path in own_folders(folder).items():
        try:
            found[name] = replace(flavor_shown(made_of(name, read_parts(path))), own=True)
        except BadInput as error:
            found[name] = FlavorShown(
                name=name, aspect="", look="", seconds=0.0, voice=False, said="", own=True, fault=str(error)
            )
    return tuple(found[name] for name in sorted(found))


def flavor_shown(one: Flavor) -> FlavorShown:
    return FlavorShown(
        name=one.name,
        aspect=one.aspect,
        look=one.look,
        seconds=one.length_ms / 1000,
        voice=one.voice or one.voice_model is not None,
        said=one.about,
    )
