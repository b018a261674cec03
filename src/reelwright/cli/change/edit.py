"""The verb ``edit``: change a film, see its price, and make only what depends on the change."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from reelwright.cli.output.output import ProgressPrinter
from reelwright.cli.shared import options as o
from reelwright.cli.shared.confirmation import make_at_price
from reelwright.cli.shared.option_groups import ApprovalOptions
from reelwright.cli.shared.runner import run
from reelwright.cli.shared.typed_inputs import parse_stills
from reelwright.errors import BadInput
from reelwright.reel.film.plan import MAX_CAPTION_SHIFT_S, MOST_PIECES, MUSIC_LEVELS_DB

if TYPE_CHECKING:
    from reelwright.studio.studio import AsyncStudio


def edit(
    project: o.Project,
    shot: o.OptionalShots = None,
    words: Annotated[
        list[str] | None,
        typer.Option(
            "--words",
            help="New words on screen; empty removes them. PART=TEXT changes one part, such as name=Fenn; repeatable.",
        ),
    ] = None,
    prompt: Annotated[str | None, typer.Option("--prompt", help="What an AI model films in the shot.")] = None,
    length: Annotated[
        str | None,
        typer.Option(
            "--length",
            metavar="SECONDS",
            help="Length of the shot; without --shot, length of the film, which is planned again.",
        ),
    ] = None,
    aspect: o.Aspects = None,
    native: Annotated[
        bool | None,
        typer.Option("--native/--no-native", help="Whether AI models film every shot in each aspect of the film."),
    ] = None,
    image: Annotated[
        Path | None, typer.Option("--image", metavar="PATH", help="Show your own picture in the shot.")
    ] = None,
    clip: Annotated[
        Path | None, typer.Option("--clip", metavar="PATH", help="Show your own video clip in the shot.")
    ] = None,
    move: Annotated[
        str | None,
        typer.Option(
            "--move",
            metavar="MOVE",
            help="Camera move over a picture that fills the frame: push, pull, left, right, up or down.",
        ),
    ] = None,
    caption: Annotated[
        str | None,
        typer.Option(
            "--caption",
            metavar="TEXT",
            help="New caption, over the picture and in the caption files; empty removes it.",
        ),
    ] = None,
    model: Annotated[
        str | None,
        typer.Option(
            "--model", metavar="MODEL", help="AI model that films the shot. animatic: draw it on this machine."
        ),
    ] = None,
    successor: o.Successor = False,
    look: o.Look = None,
    accent: Annotated[
        str | None,
        typer.Option("--accent", metavar="#RRGGBB", help="Accent colour of the whole film; none: the look's own."),
    ] = None,
    emblem: Annotated[
        str | None,
        typer.Option("--emblem", metavar="NAME", help="Drawing of what the film is about, such as tooth. none: none."),
    ] = None,
    logo: o.Logo = None,
    font: o.Font = None,
    end_card: o.EndCard = None,
    brand: Annotated[
        bool,
        typer.Option(
            "--brand", help="Take accent, logo, font and end card of the home's brand; see `reelwright brand`."
        ),
    ] = False,
    still: o.OwnStills = None,
    mood: Annotated[
        str | None,
        typer.Option(
            "--mood",
            metavar="MOOD",
            help="Mood of the music: energetic, luxury, tech, emotional, documentary, comedic, corporate, epic, tense, "
            "chill, urban or nostalgic.",
        ),
    ] = None,
    music: Annotated[
        str | None,
        typer.Option(
            "--music",
            metavar="PIECE",
            help="Another piece of music of the same mood: another, or its number "
            f"from 1 to {MOST_PIECES}; 1 is the first one. none: no music.",
        ),
    ] = None,
    music_level: Annotated[
        float | None,
        typer.Option(
            "--music-level",
            metavar="DB",
            help="How much louder than usual the music is, under voice and sound: "
            f"from {MUSIC_LEVELS_DB[0]} to {MUSIC_LEVELS_DB[1]} dB; 0 is as usual.",
        ),
    ] = None,
    voice: Annotated[
        str | None,
        typer.Option(
            "--voice",
            metavar="VOICE",
            help="Another voice for all lines that are spoken: MODEL:VOICE, or a voice of the model that speaks them; "
            "see `reelwright voices`.",
        ),
    ] = None,
    captions: Annotated[
        str | None,
        typer.Option(
            "--captions",
            metavar="STYLE",
            help="How all captions are drawn: clean, bold or box; off: in the caption files alone.",
        ),
    ] = None,
    caption_shift: Annotated[
        float | None,
        typer.Option(
            "--caption-shift",
            metavar="SECONDS",
            help="How much later than planned all captions come: "
            f"from -{MAX_CAPTION_SHIFT_S} to {MAX_CAPTION_SHIFT_S}; 0 is as planned.",
        ),
    ] = None,
    order: Annotated[
        str | None,
        typer.Option(
            "--order",
            metavar="SHOTS",
            help="The shots of the film in another order, such as 1,3,2; those left out are dropped.",
        ),
    ] = None,
    seam_mode: Annotated[
        str | None,
        typer.Option(
            "--continuation",
            metavar="WAY",
            help="If a later shot continues this one: bridge keeps the later take, and this take ends on its first "
            "frame; reflow makes the later take again. Default: bridge, if the model takes a last frame.",
        ),
    ] = None,
    out: o.Out = None,
    quote: o.Quote = False,
    *,
    approval: ApprovalOptions,
    json: o.Json = False,
) -> None:
    """Change a shot or the whole film. Only what depends on the change is made again. You see the price first."""
    changes: dict[str, Any] = {
        "shot": tuple(shot) if shot else None,
        "prompt": prompt,
        "length": length,
        "aspect": aspect,
        "native": native,
        "image": image,
        "clip": clip,
        "move": move,
        "caption": caption,
        "model": model,
        "look": look,
        "accent": accent,
        "emblem": emblem,
        "logo": logo,
        "font": font,
        "end_card": end_card,
        **({"brand": True} if brand else {}),
        "mood": mood,
        "music": int(music) if music and music.isascii() and music.isdigit() and len(music) < 10 else music,
        "music_level": music_level,
        "voice": voice,
        "captions": captions,
        "caption_shift": caption_shift,
        "order": tuple(part.strip() for part in order.split(",")) if order else None,
        "continuation": seam_mode,
        **({"successor": True} if successor else {}),
    }

    async def verb(studio: AsyncStudio) -> int:
        approval.check(out)
        changes["words"] = _parse_words(words)
        changes["storyboard"] = parse_stills(still) or None
        quoted = await studio.quote_edit(project, listen=ProgressPrinter(quiet=json), **changes)
        return await make_at_price(
            studio, quoted, partial(studio.edit, project, **changes), only_quote=quote, approval=approval,
            json_out=json, out=out,
        )  # fmt: skip

    run(verb, json_out=json, project=project)


def _parse_words(given: list[str] | None) -> str | dict[str, str] | None:
    """Parse ``--words``: one plain line, or a mapping of roles to texts. Raises ``BadInput``."""
    if given is None:
        return None
    roles = [item.partition("=") for item in given]
    if len(given) == 1 and not (roles[0][1] and roles[0][0].isidentifier()):
        return given[0]
    if not all(mark and name.isidentifier() for name, mark, _ in roles):
        raise BadInput("words", given, "one line, or PART=TEXT for each part")
    return {name: text for name, _, text in roles}
