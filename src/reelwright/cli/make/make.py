"""The verb ``make``: make a film from a brief or a script."""

from __future__ import annotations

from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from reelwright.cli.output.output import ProgressPrinter, get_exit_code, print_film, print_json, print_quote
from reelwright.cli.output.streams import read_stdin
from reelwright.cli.shared import options as o
from reelwright.cli.shared.confirmation import check_before, is_interactive, require_consent, suggest_planner
from reelwright.cli.shared.draft_prompt import (
    ChangedDraft,
    add_files,
    ask_about_draft,
    ask_for_script,
    print_words,
    read_length,
)
from reelwright.cli.shared.runner import build_rehearsal, run
from reelwright.errors import BadInput, LengthOutOfReach, NothingToShow
from reelwright.reason import Action

if TYPE_CHECKING:
    from reelwright.studio.results.results import FilmResult, ProjectQuote
    from reelwright.studio.studio import AsyncStudio


def make(
    brief: o.Brief = None,
    script: o.Script = None,
    flavor: o.Flavor = None,
    length: o.Length = None,
    aspect: o.Aspects = None,
    presets: o.For = None,
    native: o.Native = False,
    look: o.Look = None,
    accent: o.Accent = None,
    logo: o.Logo = None,
    font: o.Font = None,
    end_card: o.EndCard = None,
    image: o.Images = None,
    clip: o.Clips = None,
    plan: o.PlanFile = None,
    until: Annotated[
        str, typer.Option("--until", help="Stop at this goal: plan, storyboard, takes, cut or film.")
    ] = "film",
    language: o.Language = None,
    variation: o.Variation = 0,
    short_side: o.ShortSide = 1080,
    archetype: o.Archetype = None,
    planner: o.Planner = None,
    model: o.Models = None,
    stills: o.Stills = None,
    still: o.OwnStills = None,
    voice: o.Voice = None,
    music: o.Music = None,
    continuity: o.Continuity = "beat",
    resolution: o.Resolution = None,
    sound: o.Sound = None,
    reference: o.References = None,
    successor: o.Successor = False,
    on_stuck: Annotated[
        str,
        typer.Option("--on-stuck", help="If a model refuses a shot: ask (wait for you) or animatic (draw the shot)."),
    ] = "ask",
    again: o.Again = False,
    new: o.New = False,
    watch: Annotated[
        bool, typer.Option("--watch", help="Make a small free draft after every save of the script.")
    ] = False,
    out: o.Out = None,
    quote: o.Quote = False,
    yes: o.Yes = False,
    budget: o.Budget = None,
    rehearse: o.Rehearse = False,
    rehearse_faults: o.RehearseFaults = None,
    rehearse_speed: o.RehearseSpeed = None,
    accept_unconfirmed: o.AcceptUnconfirmed = False,
    unknown_at_most: o.UnknownAtMost = None,
    json: o.Json = False,
) -> None:
    """Make a film from a BRIEF or a script. You see the price first; a film drawn on this machine costs $0.00.

    To continue after a crash or a stop, run the same command again: nothing is bought twice. If you change a line of a
    script, only what depends on that line is made again.
    """
    options = build_brief_options(
        flavor=flavor, length=length, aspect=aspect, presets=presets, native=native, look=look, accent=accent,
        logo=logo, font=font, end_card=end_card, image=image, clip=clip, language=language, variation=variation,
        short_side=short_side, archetype=archetype, successor=successor,
    )  # fmt: skip
    options |= build_model_options(
        model=model, stills=stills, voice=voice, music=music, continuity=continuity, resolution=resolution, sound=sound,
        reference=reference, planner=planner,
    )  # fmt: skip
    options |= {"on_stuck": on_stuck, "storyboard": parse_stills(still)}

    async def verb(studio: AsyncStudio) -> int:
        from reelwright.studio.quotes.validation import check_goal
        from reelwright.studio.results.results import ProjectQuote

        check_before(budget, unknown_at_most, out)
        goal = check_goal(until)
        source = parse_source(brief, script)
        if watch:
            from reelwright.cli.shared.drafts import watch_script

            return await watch_script(studio, source, options, out, json_out=json)
        if budget is not None:
            options["max_price"] = budget

        printer = ProgressPrinter(quiet=json, rehearses=studio.rehearsal is not None)
        options.update(goal=goal, plan=plan, again=again, new=new, listen=printer)

        async def confirm(quoted: ProjectQuote) -> None:
            if not json:
                print_quote(quoted)
                print_words(quoted.draft, changed_script)
            if plan is None and not quoted.project and "brief" in source:
                await suggest_planner(studio, source["brief"], language, planner, json_out=json)
            agrees = yes or studio.rehearsal is not None
            may_ask = not agrees and budget is None and is_interactive(json_out=json) and not quoted.project
            draft = (changed_script or (quoted.draft.script if quoted.draft else "")) if may_ask else ""
            ask = partial(ask_about_draft, draft, quoted) if draft else None
            is_paid = bool(quoted.micros or quoted.unknown_price_steps)
            if ask and not is_paid and (changed_script or not (quoted.draft and quoted.draft.is_certain)):
                ask()
            check = partial(studio.refuse_unsold, quoted)
            require_consent(quoted, yes=agrees, budget=budget, json_out=json, check=check, ask=ask)
            progress.enter_context(printer)

        async def make_or_quote() -> FilmResult | ProjectQuote:
            if quote:
                return await studio.quote(**source, **options)
            return await studio.make(
                **source,
                out=out,
                budget=budget,
                accept_unconfirmed=accept_unconfirmed,
                unknown_at_most=unknown_at_most,
                confirm=confirm,
                **options,
            )

        changed_script: str | None = None
        stated_length: str | None = None
        with ExitStack() as progress:
            while True:
                try:
                    made = await make_or_quote()
                    break
                except NothingToShow as error:
                    await suggest_planner(studio, source["brief"], language, planner, json_out=json)
                    changed = ask_for_script(error, json_out=json)
                except LengthOutOfReach as error:
                    if not (stated_length and options["length"]):
                        raise
                    options["length"] = f"{error.nearest_s} s"
                    continue
                except ChangedDraft as draft:
                    changed = draft.script
                    if "brief" in source and options["length"] is None:
                        from reelwright.studio.scripts.script_files import find_stated_length

                        stated_length = find_stated_length(source["brief"], language)
                    if stated_length:
                        is_kept = read_length(changed) in (None, stated_length)
                        options["length"] = stated_length if is_kept else None
                changed_script = add_files(changed, (*options["images"], *options["clips"]))
                options.update(images=(), clips=())
                source = {"script": changed_script}
        if isinstance(made, ProjectQuote):
            (print_json if json else print_quote)(made)
            return 0
        (print_json if json else print_film)(made)
        return get_exit_code(made)

    rehearsal = build_rehearsal(rehearse, rehearse_speed, rehearse_faults, quote=quote)
    run(verb, json_out=json, rehearse=rehearsal, delivers_here=True)


def build_brief_options(
    *, native: bool, successor: bool, image: list[Any] | None, clip: list[Any] | None, **same: Any
) -> dict[str, Any]:
    """Return the studio's keyword arguments for the typed options that go with a brief. The studio checks the values.
    ``same``: those that it has under the same names.
    """
    wanted = {name: True for name, is_given in (("native", native), ("successor", successor)) if is_given}
    return {**same, **wanted, "images": tuple(image or ()), "clips": tuple(clip or ())}


def build_model_options(*, model: list[str] | None, reference: list[str] | None, **same: Any) -> dict[str, Any]:
    """Return the studio's keyword arguments for the typed options about AI models, as ``build_brief_options`` does."""
    return {**same, "models": tuple(model or ()), "references": parse_references(reference or ())}


def parse_references(texts: list[str] | tuple[()]) -> dict[str, str]:
    """Parse ``--reference`` options into picture files by role, by ``role=name`` if a role has several. Raises
    ``BadInput``.
    """
    found: dict[str, str] = {}
    for text in texts:
        role, file = parse_reference(text)
        if role in found and "=" not in role:
            role = f"{role}={Path(file).stem}"
        if role in found:
            raise BadInput("reference", text, "a different name for each: ROLE=NAME=FILE")
        found[role] = file
    return found


def parse_reference(text: str) -> tuple[str, str]:
    """Split a ``--reference`` option into role and file: ``person=ana.png``, or ``person=Ana=ana.png`` with the role
    ``person=Ana``.
    """
    role, found, file = text.rpartition("=")
    if not found:
        raise BadInput("reference", text, "ROLE=FILE or ROLE=NAME=FILE, such as product=mug.png")
    return role, file


def parse_stills(texts: list[str] | None) -> dict[str, str]:
    """Parse ``--still`` options into picture files by beat. Raises ``BadInput``."""
    found: dict[str, str] = {}
    for text in texts or ():
        beat, mark, file = text.partition("=")
        if not (mark and beat.strip() and file.strip()):
            raise BadInput("still", text, "BEAT=FILE, such as hook=door.jpg or 1=door.jpg")
        if beat in found:
            raise BadInput("still", text, f"one still for {beat}, not also {beat}={found[beat]}")
        found[beat] = file
    return found


def read_brief(brief: str) -> str:
    """Return the brief as it was typed, or from standard input if it is ``-``."""
    return read_stdin("brief") if brief == "-" else brief


def parse_source(brief: str | None, script: str | None) -> dict[str, Any]:
    """Return the studio's keyword argument for the typed brief or script, as ``brief`` or ``script``. A brief that ends
    in .md is the path of a script.

    Raises ``BadInput`` if both or neither are given, and for a brief that is the path of another file.
    """
    if script is None and brief is not None and "\n" not in brief and brief.casefold().endswith(".md"):
        brief, script = None, brief
    if brief is not None and script is not None:
        raise BadInput("script", script, "a script or a brief, not both")
    if script is not None:
        return {"script": f"{read_stdin('script')}\n" if script == "-" else script}
    if brief is None:
        raise BadInput("brief", None, "what the film is about, in your own words, or a script.md")
    if is_file(brief):
        accepted = "words that say what the film is about, or a script whose name ends in .md"
        actions = [Action("pass_option", {"option": "script", "value": brief})]
        hint = "a file that holds a brief: reelwright make - < FILE"
        raise BadInput("brief", brief, accepted, hint=hint, actions=actions)
    if is_folder(brief):
        raise BadInput("brief", brief, "words that say what the film is about, or a script.md; this is a folder")
    return {"brief": read_brief(brief)}


def is_file(text: str) -> bool:
    """Return whether a text that a person typed is the path of a file that exists. A long text is none."""
    try:
        return Path(text).is_file()
    except (OSError, ValueError):  # longer than a path can be, or with a zero byte
        return False


def is_folder(text: str) -> bool:
    """Return whether a text that a person typed is the path of a folder: with a slash, since a word is a brief."""
    try:
        return "/" in text and Path(text).is_dir()
    except (OSError, ValueError):  # longer than a path can be, or with a zero byte
        return False
