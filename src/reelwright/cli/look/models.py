"""The verb ``models``: list the AI models, their prices and the keys that they need."""

from __future__ import annotations

import sys
import textwrap
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from reelwright.cli import late_modules as late
from reelwright.cli.output.output import print_json
from reelwright.cli.output.tables import format_table, get_terminal_width
from reelwright.cli.shared import options as o
from reelwright.cli.shared.command import OnceCommand, VerbGroup
from reelwright.cli.shared.confirmation import ask_yes_no, is_interactive
from reelwright.cli.shared.runner import run
from reelwright.errors import DecisionNeeded

if TYPE_CHECKING:
    from reelwright.studio.results.inventory import LocalModels, ModelDetails, OwnModelSummary, WeightsSummary
    from reelwright.studio.studio import AsyncStudio

PER_MILLION_TOKENS = " a million tokens"
USUAL_LICENCE = "the provider's terms; output may be used commercially"
UNBROKEN_SPACE = "\0"
"""Stands for a space at which a line must not be broken."""
MODE_INPUTS = {
    "text_to_video": "words",
    "image_to_video": "first frame",
    "first_last_frame": "first+last frame",
    "reference_to_video": "references",
    "text_to_image": "words",
    "image_to_image": "pictures",
}
"""The input of each mode, in words."""

models_app = typer.Typer(cls=VerbGroup, invoke_without_command=True, no_args_is_help=False, rich_markup_mode=None)

Engine = Annotated[str, typer.Option("--engine", metavar="NAME", help="Engine that runs it.")]
Commercial = Annotated[
    bool | None, typer.Option("--commercial/--no-commercial", help="Whether the licence permits commercial use.")
]


@models_app.callback()
def list_models(
    where: typer.Context,
    can: Annotated[
        str | None,
        typer.Option("--can", metavar="MODE", help="What the model can do, such as image_to_video or speech."),
    ] = None,
    kind: Annotated[
        str | None,
        typer.Option(
            "--kind", metavar="KIND", help="What the model makes: video, image, speech, music, sound_effect or text."
        ),
    ] = None,
    provider: Annotated[
        str | None, typer.Option("--provider", metavar="NAME", help="Only models of this provider, such as openrouter.")
    ] = None,
    key: Annotated[bool, typer.Option("--key", help="Only models that need no key or whose key you have.")] = False,
    every: Annotated[bool, typer.Option("--all", help="Also retired models.")] = False,
    json: o.Json = False,
) -> None:
    """List the AI models: price, lengths, the key that each needs, and when it retires.

    With --can plan, also the models of Ollama and LM Studio on this machine, which cost nothing.
    """
    if where.invoked_subcommand:
        return

    async def listing(studio: AsyncStudio) -> None:
        found = await studio.list_models(can=can, kind=kind, provider=provider, key=key, include_retired=every)
        local = await studio.list_local_models() if can == "plan" else ()
        if json:
            print_json(late.inventory.ModelList(models=found, local=local if can == "plan" else None))
        else:
            print_models(found)
            print_local_models(local)

    run(listing, json_out=json)


@models_app.command(cls=OnceCommand)
def show(
    model: Annotated[str, typer.Argument(metavar="MODEL", help="Id of the model, or an old short name.")],
    json: o.Json = False,
) -> None:
    """Show all facts about a model: prices and their source, rules, options, licence, dates."""

    async def showing(studio: AsyncStudio) -> None:
        found = await studio.describe_model(model)
        (print_json if json else print_model)(found)

    run(showing, json_out=json)


@models_app.command(cls=OnceCommand, name="add")
def add(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="Weights, as diffusers saves a pipeline.")],
    name: Annotated[
        str | None, typer.Option("--name", metavar="NAME", help="Name of the model. Default: the folder's.")
    ] = None,
    engine: Engine = "own",
    licence: Annotated[
        str, typer.Option("--licence", metavar="NAME", help="Licence of the weights, if their README.md names none.")
    ] = "",
    commercial: Commercial = None,
    json: o.Json = False,
) -> None:
    """Add a video model of your own: write a card of the weights in FOLDER, which stay where they are.

    Only safetensors are accepted: loading a pickle would run the program inside it.
    """

    async def adding(studio: AsyncStudio) -> None:
        found = await studio.add_model(folder, name=name, engine=engine, licence=licence, commercial=commercial)
        print_added(found, json_out=json)

    run(adding, json_out=json)


@models_app.command(cls=OnceCommand, name="fetch")
def fetch(
    model: Annotated[
        str, typer.Argument(metavar="OWNER/NAME", help="A model at the hub, or one of yours whose weights are missing.")
    ],
    name: Annotated[
        str | None, typer.Option("--name", metavar="NAME", help="Name of the model. Default: that at the hub.")
    ] = None,
    revision: Annotated[
        str | None,
        typer.Option(
            "--revision", metavar="REVISION",
            help="Branch, tag or commit. Default: that of a download that stopped, else main.",
        ),
    ] = None,
    engine: Engine = "own",
    licence: Annotated[
        str, typer.Option("--licence", metavar="NAME", help="Licence of the weights, if the hub names none.")
    ] = "",
    commercial: Commercial = None,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Download without a question.")] = False,
    json: o.Json = False,
) -> None:  # fmt: skip
    """Download the weights of a video model from the hub, check them, and add the model.

    Shows licence, size and free disk, and asks. A download that stops goes on when it is asked for again. Only
    safetensors are taken. The token of the hub is read from HF_TOKEN, or `reelwright keys add hub`.
    """

    async def fetching(studio: AsyncStudio) -> None:
        found = await studio.look_up_weights(
            model, name=name, revision=revision, licence=licence, commercial=commercial
        )
        print_weights(found)
        left_gb = (found.total_bytes - found.present_bytes) / 1e9
        question = f"Download {left_gb:.1f} GB?"
        if not yes and not (is_interactive(json_out=json) and ask_yes_no(question)):
            raise DecisionNeeded(
                code="download_not_agreed", model=found.model, size_gb=left_gb, hint="pass --yes to download"
            )
        added = await studio.fetch_model(
            model, name=name, revision=found.revision, engine=engine, licence=licence, commercial=commercial,
            on_progress=DownloadProgress().print_bytes,
        )  # fmt: skip
        print_added(added, json_out=json)

    run(fetching, json_out=json)


def print_added(model: OwnModelSummary, *, json_out: bool) -> None:
    """Print a model that was added, and where its card is: the numbers in it are to be checked."""
    if json_out:
        print_json(model)
        return
    print_own_model(model)
    typer.echo(f"its card, with numbers to check: {model.card}")


def print_weights(weights: WeightsSummary) -> None:
    """Print on standard error what a download takes: licence, size, and room on the disk."""
    terms = "commercial use permitted" if weights.may_be_sold else "NO COMMERCIAL USE of what is made with it"
    here = f"; {weights.present_bytes / 1e9:.1f} GB are here already" if weights.present_bytes else ""
    typer.echo(f"{weights.model} at {weights.revision}{', as it began' if weights.is_resumed else ''}", err=True)
    typer.echo(f"  licence   {weights.licence}: {terms}", err=True)
    typer.echo(f"  download  {weights.files} files, {weights.total_bytes / 1e9:.1f} GB{here}", err=True)
    typer.echo(f"  disk      {weights.free_bytes / 1e9:.1f} GB free for {weights.folder}", err=True)


class DownloadProgress:
    """Prints on standard error how far a download is: each percent on a terminal, else each tenth, a line each."""

    def __init__(self) -> None:
        self._is_terminal = sys.stderr.isatty()
        self._last = -1

    def print_bytes(self, size: int, total: int) -> None:
        """Print the percentage, if it is another one than before."""
        percent = 100 * size // total if total else 100
        step = percent if self._is_terminal else percent - percent % 10
        if step == self._last:
            return
        self._last = step
        text = f"{percent} % of {total / 1e9:.1f} GB"
        end = "" if self._is_terminal and percent < 100 else "\n"
        typer.echo(f"\r{text}{end}" if self._is_terminal else text + end, err=True, nl=False)


def print_models(models: Sequence[ModelDetails]) -> None:
    """Print the list of AI models, two lines for each."""
    sources: dict[str, int] = {}
    for kind in dict.fromkeys(row.kind for row in models):
        rows = [row for row in models if row.kind == kind]
        unit = f", prices{PER_MILLION_TOKENS}" if kind == "text" else ""
        typer.echo(f"{kind.replace('_', ' ').upper()} · {len(rows)}{unit}")
        lines = format_table(("model", "price", "key"), map(_list_cells, rows), None)
        for line, row in zip(lines, rows, strict=True):
            typer.echo(line)
            _print_notes(row, sources.setdefault(row.source, len(sources) + 1))
        typer.echo()
    if not models:
        typer.echo("no model matches")
        return
    for source, number in sources.items():
        _print_wrapped(source, f"[{number}] ", "    ")
    typer.echo("\n● you have the key · ○ you do not · ~ price not confirmed: you are asked first")
    typer.echo("all facts about a model: reelwright models show ID")


def print_local_models(servers: Sequence[LocalModels]) -> None:
    """Print the language models on this machine, as ``--planner`` accepts them; nothing if no server answers."""
    for one in servers:
        typer.echo(f"\nON THIS MACHINE · {one.server} at {one.address} · $0.00")
        for name in one.planners:
            typer.echo(f"--planner {name}")
        if not one.planners:
            typer.echo("no models yet")


def _list_cells(row: ModelDetails) -> tuple[str, str, str]:
    key = f"{'●' if row.has_key else '○'} {row.key_variable}" if row.key_variable else "● no key needed"
    return row.id, row.price.removesuffix(PER_MILLION_TOKENS), key


def _print_notes(row: ModelDetails, source: int) -> None:
    made = [MODE_INPUTS[mode] for mode in row.modes if mode in MODE_INPUTS]
    if "first+last frame" in made and "first frame" in made:
        made.remove("first frame")
    sound = {"always": "sound", "asked": "optional sound", "never": ""}[row.sound]
    parts = [f"from {', '.join(made)}" if made else "", _format_lengths(row), " ".join(row.resolutions), sound]
    notes = (*parts, f"read {row.as_of} [{source}]", *_describe_lifecycle(row), *_describe_licence(row))
    _print_wrapped(" · ".join(part.replace(" ", UNBROKEN_SPACE) for part in notes if part), "  ")


def _describe_lifecycle(row: ModelDetails) -> list[str]:
    """Describe a model that is not simply sold: its stage, the day it retires, its successor."""
    then = f" → {row.successor}" if row.successor else ""
    if row.is_retirement_disputed:
        return [f"may be gone since {row.retires_on}{then}"]
    if row.stage == "retired":
        return [f"retired{f' {row.retires_on}' if row.retires_on else ''}{then}"]
    if row.retires_on:
        return [f"retires {row.retires_on}{then}"]
    return [f"{row.stage}{then}"] if row.stage != "current" else []


def _describe_licence(row: ModelDetails) -> list[str]:
    """Return the licence if it differs from the usual terms."""
    return [row.licence] if row.licence and not row.licence.startswith(USUAL_LICENCE) else []


def _format_lengths(row: ModelDetails) -> str:
    return f"{late.catalogue_limits.format_numbers(row.durations_s)} s" if row.durations_s else ""


def _print_wrapped(text: str, first: str, rest: str | None = None) -> None:
    after = first if rest is None else rest
    width = get_terminal_width() or sys.maxsize
    wrapped = textwrap.fill(text, width, initial_indent=first, subsequent_indent=after, break_on_hyphens=False)
    typer.echo(wrapped.replace(UNBROKEN_SPACE, " "))


def print_model(row: ModelDetails) -> None:
    """Print all facts about one AI model, a line for each."""
    typer.echo(f"{row.name} · {row.id} · {row.kind.replace('_', ' ')}")
    for label, text in _list_facts(row):
        if text:
            _print_wrapped(text, f"  {label:<13}", " " * 15)
    for n, rate in enumerate(row.rates):
        amount = "unknown" if rate.usd is None else f"${rate.usd} {rate.unit}"
        typer.echo(f"  {'price' if n == 0 else '':<13}{rate.where:<24}{amount}".rstrip())
    _print_wrapped(
        f"{row.source}, read {row.as_of}{'' if row.has_confirmed_price else '; not confirmed'}",
        f"  {'source':<13}",
        " " * 15,
    )
    for n, (name, accepted) in enumerate(row.options.items()):
        _print_wrapped(f"{name}: {accepted}", f"  {'options' if n == 0 else '':<13}", " " * 15)
    for n, rule in enumerate(row.rules):
        _print_wrapped(rule, f"  {'rules' if n == 0 else '':<13}", " " * 15)
    for warning in row.warnings:
        _print_wrapped(f"! {warning}", "  ", "    ")


def _list_facts(row: ModelDetails) -> list[tuple[str, str]]:
    here = "you have it" if row.has_key else f"you do not have it; get it at {row.key_page}"
    takes = {"a seed": row.has_seed, "a negative prompt": row.has_negative_prompt}
    goes = f"{'since' if row.stage == 'retired' else 'until'} {row.retires_on}" if row.retires_on else ""
    began = f"{'sold ' if row.stage == 'retired' else ''}since {row.released_on}" if row.released_on else ""
    days = [row.stage, *((goes, began) if row.stage == "retired" else (began, goes))]
    low, high = (f"{s:g}" for s in row.latency_s)
    return [
        ("sold by", f"{row.provider} as {row.sold_as}"),
        ("key", f"{row.key_variable} ({here})" if row.key_variable else "none needed"),
        ("from", ", ".join(MODE_INPUTS.get(mode, mode) for mode in row.modes)),
        ("length", _format_lengths(row)),
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
        ("if it fails", row.failure_costs),
    ]


def print_own_model(model: OwnModelSummary) -> None:
    """Print a model of one's own and the state of its engine."""
    parts = [model.state, model.engine, model.licence, "" if model.may_be_sold is not False else "no commercial use"]
    if model.pid is not None:
        loaded = f"loaded in {model.loaded_s:.0f} s" if model.loaded_s is not None else ""
        parts += [f"process {model.pid} at {model.address}", loaded, "kept" if model.is_kept else ""]
    typer.echo(f"{model.model}: {' · '.join(filter(None, parts))}")
    if model.fault:
        typer.echo(f"  ! {model.fault}")
