"""The verb ``clip``: make one shot with an AI model, from words and pictures."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from reelwright.cli import late_modules as late
from reelwright.cli.output.output import ProgressPrinter, get_clip_exit_code, print_clip, print_json, print_quote
from reelwright.cli.shared import options as o
from reelwright.cli.shared.confirmation import confirm_price
from reelwright.cli.shared.option_groups import ApprovalOptions, RehearsalOptions
from reelwright.cli.shared.runner import run
from reelwright.cli.shared.typed_inputs import parse_references, read_brief
from reelwright.errors import BadInput
from reelwright.input_limits import MAX_TAKES_PER_ROUND

if TYPE_CHECKING:
    from reelwright.studio.results.results import ProjectQuote
    from reelwright.studio.studio import AsyncStudio

_SAMPLES: Final = f"Make this many versions, 1 to {MAX_TAKES_PER_ROUND}."


def clip(
    prompt: Annotated[
        str, typer.Argument(metavar="PROMPT", help="What the clip shows, in your own words. Use - for standard input.")
    ],
    model: Annotated[
        str | None,
        typer.Option("--model", metavar="MODEL", help="AI model, see `reelwright models`. Default: REELWRIGHT_MODEL."),
    ] = None,
    image: Annotated[Path | None, typer.Option("--image", metavar="PATH", help="Picture for the first frame.")] = None,
    last_frame: Annotated[
        Path | None, typer.Option("--last-frame", metavar="PATH", help="Picture for the last frame.")
    ] = None,
    reference: o.References = None,
    samples: Annotated[int, typer.Option("--samples", metavar="N", min=1, max=MAX_TAKES_PER_ROUND, help=_SAMPLES)] = 1,
    apart: Annotated[
        bool, typer.Option("--apart", help="Buy each version by itself, even if the model sells several at once.")
    ] = False,
    successor: o.Successor = False,
    seconds: Annotated[
        str | None, typer.Option("--seconds", help="Length in seconds. Default: the shortest that the model sells.")
    ] = None,
    aspect: Annotated[
        str, typer.Option("--aspect", help="Aspect ratio, such as 16:9 or 9:16. auto: nearest to the picture.")
    ] = "auto",
    resolution: o.Resolution = None,
    negative: Annotated[str | None, typer.Option("--negative", help="What the clip must not show.")] = None,
    seed: Annotated[int | None, typer.Option("--seed", help="Random seed, if the model accepts one.")] = None,
    sound: o.Sound = None,
    again: o.Again = False,
    out: Annotated[
        Path | None,
        typer.Option("--out", "-o", metavar="PLACE", help="Folder for the files, or a file that ends in .mp4."),
    ] = None,
    *,
    zip_files: Annotated[bool, typer.Option("--zip", help="Also pack all files into one ZIP.")] = False,
    quote: o.Quote = False,
    approval: ApprovalOptions,
    rehearsal: RehearsalOptions,
    json: o.Json = False,
) -> None:
    """Make one clip with an AI model: from words, a first and a last frame, or reference pictures.

    You see the price first. If a content filter withholds a version, the reason is printed and the other versions are
    delivered.
    """
    terms: dict[str, Any] = {
        "model": model,
        "image": image,
        "last_frame": last_frame,
        "references": parse_references(reference),
        "samples": samples,
        "apart": apart,
        "seconds": seconds,
        "aspect": aspect,
        "resolution": resolution,
        "negative": negative,
        "seed": seed,
        "sound": sound,
        **({"successor": True} if successor else {}),
    }

    async def verb(studio: AsyncStudio) -> int:
        approval.check()
        late.validation.check_clip_path("out", out)
        if apart and samples == 1:
            raise BadInput("apart", True, "only together with --samples 2 or more")
        text = read_brief(prompt)
        printer = ProgressPrinter(quiet=json, rehearses=studio.rehearsal is not None)
        if quote:
            quoted = await studio.quote_clip(text, again=again, listen=printer, **terms)
            (print_json if json else print_quote)(quoted)
            return 0

        async def confirm(quoted: ProjectQuote) -> None:
            confirm_price(studio, quoted, yes=approval.yes, budget=approval.budget, json_out=json)
            progress.enter_context(printer)

        with ExitStack() as progress:
            made = await studio.clip(
                text,
                out=out,
                wants_archive=zip_files,
                **approval.to_keywords(),
                again=again,
                confirm=confirm,
                listen=printer,
                **terms,
            )
        (print_json if json else print_clip)(made)
        return get_clip_exit_code(made)

    run(verb, json_out=json, rehearse=rehearsal.build(quote=quote), delivers_here=True)
