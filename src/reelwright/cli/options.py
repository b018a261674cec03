"""Options that several verbs share, each said once."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

Json = Annotated[bool, typer.Option("--json", help="Print one JSON object and nothing else on standard output.")]
Quote = Annotated[bool, typer.Option("--quote", help="Print the price and stop; nothing is written or spent.")]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Agree to the price that the quote says.")]
Budget = Annotated[
    str | None, typer.Option("--budget", metavar="USD", help="Agree to at most so much, such as 5 or 0.40.")
]
AcceptUnconfirmed = Annotated[
    bool, typer.Option("--accept-unconfirmed", help="Agree also to prices without a reliable source.")
]
UnknownAtMost = Annotated[
    str | None,
    typer.Option("--unknown-at-most", metavar="USD", help="What one step may cost whose price nobody knows."),
]
Out = Annotated[Path | None, typer.Option("--out", "-o", metavar="FILE", help="Where the film goes (an .mp4).")]
Folder = Annotated[Path | None, typer.Option("--out", "-o", metavar="FOLDER", help="Where the files go.")]
Project = Annotated[str, typer.Argument(metavar="PROJECT", help="Its id, the end of it, or `last`.")]
AsScript = Annotated[bool, typer.Option("--script", help="Print its script instead, as Markdown.")]
OnlyOf = Annotated[str | None, typer.Argument(metavar="PROJECT", help="Only this project's.")]
JobCalled = Annotated[str, typer.Argument(metavar="JOB", help="A job's id, or its project.")]
Shot = Annotated[str, typer.Option("--shot", metavar="N", help="Which shot, from 1, or its id.")]
Shots = Annotated[
    list[str], typer.Option("--shot", metavar="N", help="Which shot, from 1, or its id; repeat for several.")
]
AnyShots = Annotated[
    list[str] | None, typer.Option("--shot", metavar="N", help="Which shot, from 1, or its id; repeat for several.")
]
Brief = Annotated[
    str | None,
    typer.Argument(metavar="BRIEF", help="What the film is to be, in your words (- reads them); or a script.md."),
]
Script = Annotated[
    str | None, typer.Option("--script", metavar="FILE", help="A film as Markdown, see docs/script.md; - reads it.")
]
Flavor = Annotated[str | None, typer.Option("--flavor", help="A named way of making; see `reelwright flavors`.")]
Length = Annotated[str | None, typer.Option("--length", metavar="SECONDS", help="Seconds, such as 20, 7.5 or 0:30.")]
AspectOf = Annotated[str | None, typer.Option("--aspect", metavar="W:H", help="16:9, 9:16, 1:1 or 4:5.")]
Images = Annotated[
    list[Path] | None, typer.Option("--image", metavar="PATH", help="A picture of your own that becomes shots; repeat.")
]
Clips = Annotated[
    list[Path] | None, typer.Option("--clip", metavar="PATH", help="A clip of your own that becomes a shot; repeat.")
]
Language = Annotated[str | None, typer.Option("--language", metavar="CODE", help="Such as en, bg or ar.")]
Variation = Annotated[int, typer.Option("--variation", min=0, help="Another plan for the same brief.")]
ShortSide = Annotated[
    int, typer.Option("--short-side", metavar="PIXELS", help="The film's shorter side; 1080 unless said.")
]
PlanFile = Annotated[
    Path | None, typer.Option("--plan", metavar="FILE", help="A plan of your own (YAML or JSON) instead of the rules'.")
]
Archetype = Annotated[
    str | None,
    typer.Option(
        "--archetype",
        metavar="SHAPE",
        help="before-after, how-it-works, pov-reaction, problem-solution or testimonial; with --planner.",
    ),
]
Planner = Annotated[
    str | None,
    typer.Option(
        "--planner",
        metavar="MODEL",
        help="Who writes the plan: rules, a language model, or one on this machine for nothing (ollama:MODEL, "
        "lmstudio:MODEL); see `reelwright models --can plan`.",
    ),
]
Models = Annotated[
    list[str] | None,
    typer.Option(
        "--model", metavar="MODEL", help="An AI video model; see `reelwright models`. Repeat: cheaper ones too."
    ),
]
Stills = Annotated[
    str | None, typer.Option("--stills", metavar="MODEL", help="An image model draws a still for each beat first.")
]
OwnStills = Annotated[
    list[str] | None,
    typer.Option(
        "--still", metavar="BEAT=FILE", help="A picture of your own that takes of a beat open on; repeat for others."
    ),
]
Voice = Annotated[
    str | None, typer.Option("--voice", metavar="MODEL:VOICE", help="Who speaks the lines, such as eleven_v3:VOICE_ID.")
]
Music = Annotated[
    str | None,
    typer.Option(
        "--music", metavar="MODEL", help="A music model instead of the composed bed, or none: takes are heard alone."
    ),
]
Continuity = Annotated[
    str,
    typer.Option(
        "--continuity", metavar="beat|loose", help="Shots of a beat go on from one another, or all are made at once."
    ),
]
Resolution = Annotated[str | None, typer.Option("--resolution", help="Of what is bought, such as 720p or 1080p.")]
Sound = Annotated[
    bool | None, typer.Option("--sound/--no-sound", help="Whether takes bring a sound of their own, where they can.")
]
References = Annotated[
    list[str] | None,
    typer.Option(
        "--reference", metavar="ROLE=FILE", help="person, product, place or style; repeat. Guides the models."
    ),
]
Again = Annotated[
    bool, typer.Option("--again", help="Buy another one of the very same. Without it, what you bought before is used.")
]
New = Annotated[bool, typer.Option("--new", help="Start a fresh project from the brief, beside the one you edited.")]
Successor = Annotated[
    bool, typer.Option("--successor", help="Ask the successor of a model that is retired, instead of refusing it.")
]
Rehearse = Annotated[
    bool,
    typer.Option("--rehearse", help="Everything but the buying: real prices, slates in the place of takes, no money."),
]
Rehearsals = Annotated[bool, typer.Option("--rehearse", help="Of rehearsals, in place of what was really made.")]
RehearseFaults = Annotated[
    float | None,
    typer.Option(
        "--rehearse-faults",
        metavar="PERCENT",
        help="So many calls to providers meet a passing fault; none unless said.",
    ),
]
RehearseSpeed = Annotated[
    float | None,
    typer.Option(
        "--rehearse-speed", metavar="TIMES", help="So much faster than the real ones; 60 unless said, 1 is as slow."
    ),
]
