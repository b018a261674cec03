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
Project = Annotated[str, typer.Argument(metavar="PROJECT", help="Its id, the end of it, or `last`.")]
Brief = Annotated[str, typer.Argument(metavar="BRIEF", help="What the film is to be, in your words; - reads them.")]
Flavor = Annotated[str | None, typer.Option("--flavor", help="A named way of making; see `reelwright flavors`.")]
Length = Annotated[str | None, typer.Option("--length", metavar="SECONDS", help="Seconds, such as 20, 7.5 or 0:30.")]
AspectOf = Annotated[str | None, typer.Option("--aspect", help="16:9, 9:16, 1:1 or 4:5.")]
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
