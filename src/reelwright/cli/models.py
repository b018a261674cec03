"""The verb ``models``: every AI model that can be bought, what it costs, and the key that it needs."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from reelwright.cli import options as o
from reelwright.cli.door import run
from reelwright.cli.telling import put_json

if TYPE_CHECKING:
    from reelwright.studio.answers import LocalModels, ModelShown
    from reelwright.studio.studio import AsyncStudio

WIDTH = 80
PER = " a million tokens"
USUAL = "the provider's terms; output may be used commercially"
WHOLE = "\0"
"""Stands for a space at which a line is not broken."""
WORDS = {
    "text_to_video": "words",
    "image_to_video": "first frame",
    "first_last_frame": "first+last frame",
    "reference_to_video": "references",
    "text_to_image": "words",
    "image_to_image": "pictures",
}
"""What a mode makes its video or image from."""

verb = typer.Typer(invoke_without_command=True, no_args_is_help=False, rich_markup_mode=None)


@verb.callback()
def models(
    where: typer.Context,
    can: Annotated[str | None, typer.Option("--can", metavar="MODE", help="Such as image_to_video or speech.")] = None,
    kind: Annotated[
        str | None, typer.Option("--kind", metavar="KIND", help="video, image, speech, music, sound_effect or text.")
    ] = None,
    provider: Annotated[str | None, typer.Option("--provider", metavar="NAME", help="Such as openrouter.")] = None,
    key: Annotated[bool, typer.Option("--key", help="Only those whose key is here, or that need none.")] = False,
    every: Annotated[bool, typer.Option("--all", help="Retired ones, too.")] = False,
    json: o.Json = False,
) -> None:
    """List the AI models that can be bought: price, lengths, the key each needs, what is about to retire.

    With --can plan also those of Ollama and LM Studio on this machine, where they answer; they cost nothing.
    """
    if where.invoked_subcommand:
        return

    async def listing(studio: AsyncStudio) -> None:
        found = await studio.models(can=can, kind=kind, provider=provider, key=key, retired=every)
        local = await studio.local_models() if can == "plan" else ()
        if json:
            there = {"local": [one.to_json() for one in local]} if can == "plan" else {}
            put_json({"models": [row.to_json() for row in found], **there})
        else:
            put_models(found)
            put_local(local)

    run(listing, json_out=json)


@verb.command()
def show(
    model: Annotated[str, typer.Argument(metavar="MODEL", help="Its id, or an old short name.")], json: o.Json = False
) -> None:
    """Show one model in full: all prices with their source, its rules, options, licence and days."""

    async def showing(studio: AsyncStudio) -> None:
        found = await studio.model(model)
        (put_json if json else put_model)(found)

    run(showing, json_out=json)


def put_models(found: Sequence[ModelShown]) -> None:
    """Two lines a model, or three, in at most 80 columns; the same in a pipe."""
    sources: dict[str, int] = {}
    for kind in dict.fromkeys(row.kind for row in found):
        rows = [row for row in found if row.kind == kind]
        unit = f", prices{PER}" if kind == "text" else ""
        typer.echo(f"{kind.replace('_', ' ').upper()} · {len(rows)}{unit}")
        for row in rows:
            _line(row, sources.setdefault(row.source, len(sources) + 1))
        typer.echo()
    if not found:
        typer.echo("no model is like that")
        return
    for source, number in sources.items():
        _put(source, f"[{number}] ", "    ")
    typer.echo("\n● its key is here · ○ it is not · ~ not confirmed: asks before it is spent")
    typer.echo("all of one: reelwright models show ID")


def put_local(found: Sequence[LocalModels]) -> None:
    """The models of this machine, as ``--planner`` takes them; nothing where no server answers."""
    for one in found:
        typer.echo(f"\nON THIS MACHINE · {one.server} at {one.address} · $0.00")
        for name in one.planners:
            typer.echo(f"--planner {name}")
        if not one.planners:
            typer.echo("no model yet")


def _line(row: ModelShown, source: int) -> None:
    key = f"{'●' if row.key_here else '○'} {row.key}" if row.key else "● no key"
    typer.echo(f"{row.id:<30}{row.price.removesuffix(PER):<28} {key}")
    made = [WORDS[mode] for mode in row.modes if mode in WORDS]
    if "first+last frame" in made and "first frame" in made:
        made.remove("first frame")
    heard = {"always": "sound", "asked": "sound if asked", "never": ""}[row.sound]
    parts = [f"from {', '.join(made)}" if made else "", _lengths(row), " ".join(row.resolutions), heard]
    told = (*parts, f"read {row.as_of} [{source}]", *_days(row), *_licence(row))
    _put(" · ".join(part.replace(" ", WHOLE) for part in told if part), "  ")


def _days(row: ModelShown) -> list[str]:
    """What is not simply sold today."""
    then = f" → {row.successor}" if row.successor else ""
    if row.disputed:
        return [f"may be gone since {row.retires}{then}"]
    if row.stage == "retired":
        return [f"retired{f' {row.retires}' if row.retires else ''}{then}"]
    if row.retires:
        return [f"retires {row.retires}{then}"]
    return [f"{row.stage}{then}"] if row.stage != "current" else []


def _licence(row: ModelShown) -> list[str]:
    """Where it is more than the usual terms."""
    return [row.licence] if row.licence and not row.licence.startswith(USUAL) else []


def _lengths(row: ModelShown) -> str:
    from reelwright.catalogue.limits import spans

    return f"{spans(row.seconds)} s" if row.seconds else ""


def _put(text: str, first: str, rest: str | None = None) -> None:
    after = first if rest is None else rest
    said = textwrap.fill(text, WIDTH, initial_indent=first, subsequent_indent=after, break_on_hyphens=False)
    typer.echo(said.replace(WHOLE, " "))


def put_model(row: ModelShown) -> None:
    """One model, a line for each thing that is known of it."""
    typer.echo(f"{row.name} · {row.id} · {row.kind.replace('_', ' ')}")
    for label, text in _facts(row):
        if text:
            _put(text, f"  {label:<13}", " " * 15)
    for n, rate in enumerate(row.rates):
        amount = "nobody knows" if rate.usd is None else f"${rate.usd} {rate.unit}"
        typer.echo(f"  {'price' if n == 0 else '':<13}{rate.where:<24}{amount}".rstrip())
    _put(f"{row.source}, read {row.as_of}{'' if row.certain else '; not confirmed'}", f"  {'source':<13}", " " * 15)
    for n, (name, accepted) in enumerate(row.options.items()):
        _put(f"{name}: {accepted}", f"  {'options' if n == 0 else '':<13}", " " * 15)
    for n, rule in enumerate(row.rules):
        _put(rule, f"  {'rules' if n == 0 else '':<13}", " " * 15)
    for said in row.warnings:
        _put(f"! {said}", "  ", "    ")


def _facts(row: ModelShown) -> list[tuple[str, str]]:
    here = "here" if row.key_here else f"not here; one gets it at {row.key_page}"
    takes = {"a seed": row.seed, "a negative prompt": row.negative_prompt}
    goes = f"{'since' if row.stage == 'retired' else 'until'} {row.retires}" if row.retires else ""
    began = f"{'sold ' if row.stage == 'retired' else ''}since {row.released}" if row.released else ""
    days = [row.stage, *((goes, began) if row.stage == "retired" else (began, goes))]
    low, high = (f"{s:g}" for s in row.latency_s)
    return [
        ("sold by", f"{row.provider} as {row.sold_as}"),
        ("key", f"{row.key} ({here})" if row.key else "none is needed"),
        ("from", ", ".join(WORDS.get(mode, mode) for mode in row.modes)),
        ("length", _lengths(row)),
        ("aspect", ", ".join(row.aspects)),
        ("resolution", ", ".join(row.resolutions)),
        ("sound", row.sound if row.kind == "video" else ""),
        ("at most", f"{row.samples} at once" if row.samples > 1 else ""),
        ("references", f"at most {row.references}" if row.references else ""),
        ("also takes", ", ".join(name for name, taken in takes.items() if taken)),
        ("takes about", f"{low} to {high} s" if row.latency_s[1] else ""),
        ("licence", row.licence),
        ("lifecycle", " ".join(part for part in days if part)),
        ("successor", row.successor or ""),
        ("also called", ", ".join(row.aliases)),
        ("note", row.note),
        ("if it fails", row.nothing_came),
    ]
