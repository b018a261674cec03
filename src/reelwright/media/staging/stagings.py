"""The stagings that a look hands over: for each beat one or more functions that set a shot on a stage."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from reelwright.errors import BadInput
from reelwright.media.letters.graphemes import measure_width
from reelwright.media.staging.figures.staging import set_plain_figures
from reelwright.media.staging.shot_request import ShotRequest
from reelwright.media.staging.stage import Stage
from reelwright.reel.film.beats import BEAT_ROWS, BEATS

Staging = Callable[[Stage], None]
"""Sets one shot: it adds layers to the stage, from the ground up."""

_HEADLINE = 64
"""Letters up to which words are a headline; more are a paragraph."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stagings:
    """The stagings of a look. ``beats``: of every beat one or more, which the shots of that beat get in turn.

    ``paragraphs``: instead of those, for a line that is longer than a headline. ``listing``: for a screen of code.
    ``figures``: for a board of figures or a chart, drawn plainly by default, and for steps that each have a drawing,
    but where the look ``has_own_steps``. ``openings``: called first on every stage,
    as to give it a picture. ``answer``: for a part of a film's first words that comes alone. ``joins``: added last to
    every shot, for what leads from the shot before or to the next one. Raises ``BadInput`` where a beat is missing that
    no other stands for.
    """

    beats: Mapping[str, tuple[Staging, ...]]
    paragraphs: Mapping[str, Staging] = field(default_factory=dict)
    listing: Staging | None = None
    figures: Staging = set_plain_figures
    has_own_steps: bool = False
    openings: tuple[Staging, ...] = ()
    answer: Staging | None = None
    joins: tuple[Staging, ...] = ()

    def __post_init__(self) -> None:
        drawn = {beat: self.beats.get(row.staged_as) for beat, row in BEAT_ROWS.items() if row.staged_as}
        object.__setattr__(self, "beats", {**{beat: one for beat, one in drawn.items() if one}, **self.beats})
        if missing := [beat for beat in BEATS if not self.beats.get(beat)]:
            raise BadInput("beats", ", ".join(missing), "one staging or more for every beat of a look")

    def choose_staging(self, request: ShotRequest) -> Staging:
        """Choose the staging of a shot: by its beat, by how much it says, and then by its variant."""
        words, beat = request.words, request.staging
        if self.listing and beat == "demo" and words.get("listing"):
            return self.listing
        has_rows = beat == "demo" and words.get("steps") and not words.get("line") and not self.has_own_steps
        if (beat == "proof" and words.get("figures")) or (has_rows and request.things and all(request.things)):
            return self.figures
        if beat in self.paragraphs and measure_width(words.get("line", "")) > _HEADLINE:
            return self.paragraphs[beat]
        compositions = self.beats[beat]
        return compositions[choose_composition(request, len(compositions))]


def choose_composition(request: ShotRequest, count: int) -> int:
    """Choose which of a beat's ``count`` compositions a shot is drawn in."""
    return request.choose_composition(count)
