"""Measure how long each screen of a planned film stands, when the last thing happens on it, and when its voice ends.

usage: python -m tools.gallery.timing [NAME ...]

NAME: only the scripts whose names begin so. Where this machine has the voice that needs no key, lines are spoken.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from reelwright import Studio
from reelwright.catalogue.models import find_model
from reelwright.catalogue.own_voices import get_voice_folder
from reelwright.media.animatic.events import list_events
from reelwright.media.animatic.scene_builder import stage_take
from reelwright.media.drawing.layers import Scene
from reelwright.media.drawing.treatments import load_picture
from reelwright.media.speech.line import speak_line
from reelwright.media.staging.shot_request import read_shot_request
from reelwright.planner.counting import compute_reading_seconds, count_read_words
from reelwright.planner.edits.edit import rebuild_requests
from reelwright.reel.film.fit import fit
from reelwright.reel.film.plan import Plan
from reelwright.reel.graph.request import Request
from reelwright.settings import Settings, load_settings
from reelwright.units import Frames, convert_ms_to_frames
from tools.gallery.drafts import list_pictures
from tools.gallery.films import SCRIPTS

SHORT_SIDE = 270


@dataclass(frozen=True)
class ScreenTimes:
    """What is measured of one screen, in seconds. ``events``: when something happens on it."""

    beat: str
    text: str
    length: float
    reading: float
    voice: float
    events: tuple[float, ...]

    @property
    def last_event(self) -> float:
        """When the last thing has happened; 0 where nothing does."""
        return max(self.events, default=0.0)

    @property
    def rest(self) -> float:
        """How long the screen stands after that."""
        return self.length - self.last_event


Speak = Callable[[Request], int]
"""Return how many milliseconds a line takes to be said."""


def measure_films(scripts: Sequence[Path], speak: Speak | None, home: Path) -> Iterator[tuple[Path, Plan, list[Scene]]]:
    """Plan the films of scripts, spoken where ``speak`` is given for their language, and stage each shot."""
    languages = find_model("kokoro").default_voices if speak else ()
    with Studio(Settings(home=home)) as studio:
        for script in scripts:
            plan = studio.plan(script=script, short_side=SHORT_SIDE).plan
            if speak and plan.language.partition("-")[0] in languages:
                plan = studio.plan(script=script, short_side=SHORT_SIDE, voice="kokoro").plan
                plan = _fit_voice(plan, speak)
            yield script, plan, list(_stage_shots(script, plan))


def _fit_voice(plan: Plan, speak: Speak) -> Plan:
    lengths = {
        line.id: Frames(convert_ms_to_frames(speak(line.request), plan.fps))
        for _, line in plan.list_lines()
        if line.request
    }
    return rebuild_requests(fit(plan, lengths))


def _stage_shots(script: Path, plan: Plan) -> Iterator[Scene]:
    requests = [shot.source for shot in plan.shots if isinstance(shot.source, Request)]
    assets = dict.fromkeys(one.asset for request in requests for one in request.inputs)
    files: dict[str | None, Path] = dict(zip(assets, list_pictures(script), strict=True))
    for source in requests:
        request = read_shot_request(source.extra)
        yield stage_take(request, [load_picture(files[one.asset], request.treatment) for one in source.inputs])


def measure_screens(plan: Plan, scenes: Sequence[Scene]) -> Iterator[ScreenTimes]:
    """Measure each screen of a film."""
    rate = plan.fps[0] / plan.fps[1]
    at = 0
    for beat in plan.beats:
        for shot in beat.shots:
            place = sum(one.length for one in beat.shots[: beat.shots.index(shot)])
            voice = max(
                (
                    line.start + line.spoken_length - place
                    for line in beat.lines
                    if line.spoken_length and place <= line.start < place + shot.length
                ),
                default=0,
            )
            yield ScreenTimes(
                beat=beat.name,
                text=" / ".join(shot.words.values()),
                length=shot.length / rate,
                reading=float(compute_reading_seconds(count_read_words(shot.words, plan.language))),
                voice=voice / rate,
                events=tuple(frame / rate for frame in list_events(scenes[at], rate)),
            )
            at += 1


def speak_by_network(request: Request) -> int:
    """Speak a line with the voice of this machine's own home, and return its length in milliseconds."""
    weights = str(get_voice_folder(load_settings().home).path)
    args = {"prompt": request.prompt, "weights": weights, **request.extra}
    with TemporaryDirectory() as room:
        return int(speak_line(args, (), Path(room), lambda part: None).facts["duration_ms"])


def main(arguments: Sequence[str]) -> None:
    """Print the times of all films, or those of these names."""
    scripts = [one for one in SCRIPTS if not arguments or one.stem.startswith(tuple(arguments))]
    has_voice = not get_voice_folder(load_settings().home).find_missing()
    with TemporaryDirectory() as home:
        for script, plan, scenes in measure_films(scripts, speak_by_network if has_voice else None, Path(home)):
            screens = list(measure_screens(plan, scenes))
            print(f"{script.stem}: {plan.look}, {sum(one.length for one in screens):.1f} s")
            for one in screens:
                print(
                    f"  {one.beat:14} {one.length:5.2f} s, read {one.reading:4.2f}, spoken {one.voice:4.2f}, "
                    f"last event {one.last_event:5.2f}, rests {one.rest:4.2f}  {one.text[:60]}"
                )
            sys.stdout.flush()


if __name__ == "__main__":
    main(sys.argv[1:])
