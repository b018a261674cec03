"""Options and arguments that several verbs share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

Json = Annotated[bool, typer.Option("--json", help="Print one JSON object, and nothing else, on standard output.")]
Quote = Annotated[bool, typer.Option("--quote", help="Print the price and stop. Nothing is written or bought.")]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Agree to the price of the quote without being asked.")]
Budget = Annotated[
    str | None, typer.Option("--budget", metavar="USD", help="Agree to any price up to this, such as 5 or 0.40.")
]
PriceAim = Annotated[
    str | None,
    typer.Option("--budget", metavar="USD", help="Look for a way to make the film for at most this, such as 0.40."),
]
AcceptUnconfirmed = Annotated[
    bool, typer.Option("--accept-unconfirmed", help="Accept prices that no reliable source confirms.")
]
UnknownAtMost = Annotated[
    str | None,
    typer.Option(
        "--unknown-at-most", metavar="USD", help="If a price is unknown, spend at most this on each such step."
    ),
]
Out = Annotated[Path | None, typer.Option("--out", "-o", metavar="FILE", help="File for the film (.mp4), or a folder.")]
Folder = Annotated[Path | None, typer.Option("--out", "-o", metavar="FOLDER", help="Folder for the files.")]
Project = Annotated[str, typer.Argument(metavar="PROJECT", help="Id of the project, the end of the id, or `last`.")]
AsScript = Annotated[bool, typer.Option("--script", help="Print only the script, as Markdown.")]
OnlyProject = Annotated[str | None, typer.Argument(metavar="PROJECT", help="Only this project.")]
JobOrProject = Annotated[str, typer.Argument(metavar="JOB", help="Id of the job or of its project, or `last`.")]
Shot = Annotated[str, typer.Option("--shot", metavar="N", help="Number of the shot, from 1, or its id.")]
Shots = Annotated[
    list[str], typer.Option("--shot", metavar="N", help="Number of a shot, from 1, or its id; repeatable.")
]
OptionalShots = Annotated[
    list[str] | None, typer.Option("--shot", metavar="N", help="Number of a shot, from 1, or its id; repeatable.")
]
Brief = Annotated[
    str | None,
    typer.Argument(
        metavar="BRIEF", help="What the film is about, in your own words, or a script.md. Use - for standard input."
    ),
]
Script = Annotated[
    str | None,
    typer.Option("--script", metavar="FILE", help="Script in Markdown, see docs/script.md. Use - for standard input."),
]
Flavor = Annotated[
    str | None,
    typer.Option("--flavor", help="Named set of defaults, such as shape, style and models; see `reelwright flavors`."),
]
Length = Annotated[
    str | None, typer.Option("--length", metavar="SECONDS", help="Length of the film, such as 20, 7.5 or 0:30.")
]
Aspect = Annotated[
    str | None, typer.Option("--aspect", metavar="W:H", help="Aspect ratio of the film: 16:9, 9:16, 1:1 or 4:5.")
]
Aspects = Annotated[
    str | None,
    typer.Option(
        "--aspect",
        metavar="W:H",
        help="Aspect ratio of the film: 16:9, 9:16, 1:1 or 4:5. Several, such as 16:9,9:16, make a film in each from "
        "the same takes, cropped around their subjects.",
    ),
]
For = Annotated[
    str | None,
    typer.Option(
        "--for",
        metavar="PRESET",
        help="What the film is made for, such as youtube, tiktok or broadcast; see `reelwright presets`. Several, such "
        "as youtube,reels, make a film in the aspect of each.",
    ),
]
Native = Annotated[
    bool, typer.Option("--native", help="With several aspects: let AI models film every shot in each of them.")
]
Look = Annotated[str | None, typer.Option("--look", metavar="LOOK", help="Look of the film; see `reelwright looks`.")]
Accent = Annotated[
    str | None, typer.Option("--accent", metavar="#RRGGBB", help="Strong colour of the film, such as the brand's.")
]
Logo = Annotated[
    Path | None,
    typer.Option("--logo", metavar="PATH", help="End the film with this logo: a picture file. none: no logo."),
]
Font = Annotated[
    Path | None,
    typer.Option(
        "--font", metavar="PATH", help="Set the display type in this font: a TTF or OTF file. none: the look's own."
    ),
]
EndCard = Annotated[
    str | None, typer.Option("--end-card", metavar="TEXT", help="Text that the last screen has too. none: no text.")
]
Images = Annotated[
    list[Path] | None, typer.Option("--image", metavar="PATH", help="Show your own picture in the film; repeatable.")
]
Clips = Annotated[
    list[Path] | None, typer.Option("--clip", metavar="PATH", help="Show your own video clip in the film; repeatable.")
]
Language = Annotated[
    str | None, typer.Option("--language", metavar="CODE", help="Language of the film, such as en, bg or ar.")
]
Variation = Annotated[
    int, typer.Option("--variation", min=0, help="Another number makes another plan for the same brief.")
]
ShortSide = Annotated[
    int,
    typer.Option("--short-side", min=90, max=2160, metavar="PIXELS", help="Length of the film's shorter side."),
]
PlanFile = Annotated[Path | None, typer.Option("--plan", metavar="FILE", help="Your own plan (YAML or JSON).")]
Archetype = Annotated[
    str | None,
    typer.Option(
        "--archetype",
        metavar="SHAPE",
        help="Shape of the story: before-after, how-it-works, pov-reaction, problem-solution or testimonial. Needs "
        "--planner.",
    ),
]
Planner = Annotated[
    str | None,
    typer.Option(
        "--planner",
        metavar="MODEL",
        help="Who writes the plan or the script: rules, a language model, or a free one on this machine (ollama:MODEL, "
        "lmstudio:MODEL). See `reelwright models --can plan`.",
    ),
]
Models = Annotated[
    list[str] | None,
    typer.Option(
        "--model",
        metavar="MODEL",
        help="AI video model, see `reelwright models`. Repeat to allow other models if the budget is short.",
    ),
]
Stills = Annotated[
    str | None,
    typer.Option(
        "--stills", metavar="MODEL", help="Image model that first draws a still picture for each beat (a story turn)."
    ),
]
OwnStills = Annotated[
    list[str] | None,
    typer.Option(
        "--still",
        metavar="BEAT=FILE",
        help="Your own picture as the first frame of a beat (part of the story), such as hook=door.jpg; repeatable.",
    ),
]
Voice = Annotated[
    str | None,
    typer.Option(
        "--voice",
        metavar="MODEL:VOICE",
        help="Voice that speaks the lines: kokoro, which needs no key, or one such as eleven_v3:VOICE_ID.",
    ),
]
Music = Annotated[
    str | None,
    typer.Option(
        "--music", metavar="MODEL", help="Music model to use instead of composed music; or none, for no music."
    ),
]
Continuity = Annotated[
    str,
    typer.Option(
        "--continuity",
        metavar="beat|loose",
        help="beat: each shot begins where the one before it in its beat ends. "
        "loose: no shot continues another; all are made at the same time.",
    ),
]
Resolution = Annotated[
    str | None, typer.Option("--resolution", help="Resolution of bought takes, such as 720p or 1080p.")
]
Sound = Annotated[
    bool | None,
    typer.Option("--sound/--no-sound", help="Whether takes have their own sound, if the model gives the choice."),
]
References = Annotated[
    list[str] | None,
    typer.Option(
        "--reference",
        metavar="ROLE=FILE",
        help="Picture that guides the models. ROLE: person, product, place or style; repeatable.",
    ),
]
Again = Annotated[
    bool,
    typer.Option(
        "--again", help="Make another film or clip from the same command. Without it, nothing is bought twice."
    ),
]
New = Annotated[
    bool, typer.Option("--new", help="If you edited the project of this brief: leave it as it is, and start a new one.")
]
Successor = Annotated[
    bool, typer.Option("--successor", help="Use the successor of a retired model instead of refusing the model.")
]
Rehearse = Annotated[
    bool,
    typer.Option("--rehearse", help="Buy nothing: real prices, but placeholder clips (slates) instead of takes."),
]
Rehearsals = Annotated[bool, typer.Option("--rehearse", help="Look at rehearsals instead of real work.")]
RehearseFaults = Annotated[
    float | None,
    typer.Option(
        "--rehearse-faults",
        metavar="PERCENT",
        help="Let this percentage of calls to providers fail for a moment. Default: 0.",
    ),
]
RehearseSpeed = Annotated[
    float | None,
    typer.Option(
        "--rehearse-speed",
        metavar="TIMES",
        help="Simulated providers answer this many times faster than real ones. Default: 60.",
    ),
]
