"""The verb ``clip``: one shot by an AI model, from words and pictures, as files."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from reelwright.cli import options as o
from reelwright.cli.agreeing import agreed, check_money
from reelwright.cli.door import run
from reelwright.cli.make import references_of, words_of
from reelwright.cli.rehearsing import rehearsal_of
from reelwright.cli.telling import Telling, code_of_clip, put_clip, put_json, put_quote
from reelwright.errors import BadInput

if TYPE_CHECKING:
    from reelwright.studio.studio import AsyncStudio


def clip(
    prompt: Annotated[str, typer.Argument(metavar="PROMPT", help="What it shows, in your words; - reads them.")],
    model: Annotated[
        str | None, typer.Option("--model", metavar="MODEL", help="See `reelwright models`; else REELWRIGHT_MODEL.")
    ] = None,
    image: Annotated[Path | None, typer.Option("--image", metavar="PATH", help="Its first frame.")] = None,
    last_frame: Annotated[Path | None, typer.Option("--last-frame", metavar="PATH", help="Its last frame.")] = None,
    reference: o.References = None,
    samples: Annotated[int, typer.Option("--samples", help="1 to 4, in one purchase where the model sells so.")] = 1,
    apart: Annotated[bool, typer.Option("--apart", help="Buy each sample by itself all the same.")] = False,
    successor: o.Successor = False,
    seconds: Annotated[str | None, typer.Option("--seconds", help="The shortest that is sold unless said.")] = None,
    aspect: Annotated[str, typer.Option("--aspect", help="auto: that of the picture; or 16:9, 9:16 …")] = "auto",
    resolution: o.Resolution = None,
    negative: Annotated[str | None, typer.Option("--negative", help="What must not be seen.")] = None,
    seed: Annotated[int | None, typer.Option("--seed", help="Where the model takes one.")] = None,
    sound: o.Sound = None,
    again: o.Again = False,
    out: Annotated[
        Path | None, typer.Option("--out", "-o", metavar="PLACE", help="A folder for its files, or a name.mp4.")
    ] = None,
    packed: Annotated[bool, typer.Option("--zip", help="Also all of them in one ZIP.")] = False,
    quote: o.Quote = False,
    yes: o.Yes = False,
    budget: o.Budget = None,
    accept_unconfirmed: o.AcceptUnconfirmed = False,
    unknown_at_most: o.UnknownAtMost = None,
    rehearse: o.Rehearse = False,
    rehearse_faults: o.RehearseFaults = None,
    rehearse_speed: o.RehearseSpeed = None,
    json: o.Json = False,
) -> None:
    """Make one clip with an AI model: from words, a first and a last frame, or reference pictures.

    The price comes first. Samples that a filter kept back are told with the reason; the others are delivered.
    """
    terms: dict[str, Any] = {
        "model": model,
        "image": image,
        "last_frame": last_frame,
        "references": references_of(reference or ()),
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
        from reelwright.studio import checked

        check_money(budget, unknown_at_most)
        checked.clip_place("out", out)
        if apart and samples == 1:
            raise BadInput("apart", True, "--samples 2 or more beside it: one is bought by itself anyway")
        text = words_of(prompt)
        quoted = await studio.quote_clip(text, again=again, listen=Telling(quiet=json), **terms)
        if quote:
            (put_json if json else put_quote)(quoted)
            return 0
        agreed(quoted, yes=yes or studio.rehearsal is not None, budget=budget, json_out=json)
        with Telling(quiet=json, rehearses=studio.rehearsal is not None) as telling:
            made = await studio.clip(
                text,
                out=out,
                packed=packed,
                yes=quoted,
                budget=budget,
                accept_unconfirmed=accept_unconfirmed,
                unknown_at_most=unknown_at_most,
                again=again,
                listen=telling,
                **terms,
            )
        (put_json if json else put_clip)(made)
        return code_of_clip(made)

    run(verb, json_out=json, rehearse=rehearsal_of(rehearse, rehearse_speed, rehearse_faults, quote=quote))
