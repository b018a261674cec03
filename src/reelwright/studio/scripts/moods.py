"""The moods of the music: a list of them, and short samples by which people choose one."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from reelwright.errors import BadInput
from reelwright.media.base.work import Source
from reelwright.planner.music import compute_music_seed
from reelwright.planner.tables import load_moods, load_tones
from reelwright.reel.film.loudness_target import WEB_DBTP, WEB_LUFS
from reelwright.settings import Settings
from reelwright.studio import late_modules as late
from reelwright.studio.results.inventory import MoodSummary
from reelwright.studio.runtime.scratch import open_scratch_folder
from reelwright.studio.scripts.scripts import load_script, read_script_source

_TITLE: Final = "Reelwright"
"""Of a sample that is not of a script: the title chooses its key, chords and instruments."""
_LIFT_S: Final = 3.0  # the form of a sample: here the music rises, …
_BUTTON_S: Final = 7.0  # … here its last chord comes, …
_RINGS_S: Final = 1.5  # … and so long that rings on
_FPS: Final = 30


def list_moods() -> tuple[MoodSummary, ...]:
    """List every mood in the order of the recipes, with its tempo, what it sounds like and what it is good for."""
    tones = load_tones()
    return tuple(
        MoodSummary(
            name=name, bpm=load_moods()[name], description=mood.about, use_when=mood.use_when,
            tones=tuple(tone for tone, row in tones.items() if row.mood == name),
        )
        for name in late.sound_moods.list_moods() if (mood := late.sound_moods.load_mood(name))
    )  # fmt: skip


async def try_moods(names: Sequence[str], script: str | Path | None, settings: Settings) -> dict[str, bytes]:
    """Compose a short sample of each named mood, or of all, as M4A at a film's loudness, by name.

    ``script``: its film's own key, chords and instruments are heard. Raises ``BadInput``. Spends nothing.
    """
    for name in names:
        if name not in late.sound_moods.list_moods():
            raise BadInput("mood", name, ", ".join(late.sound_moods.list_moods()))
    with open_scratch_folder() as scratch:
        title = _TITLE
        if script is not None:
            loaded = await load_script(read_script_source(script), "plan", {"draft": True}, scratch, settings)
            plan, _ = await asyncio.to_thread(loaded.build_plan, None, loaded.brief)
            title = plan.title
        room = scratch.get_path()
        wanted = dict.fromkeys(names or late.sound_moods.list_moods())
        return {name: await asyncio.to_thread(_compose_sample, name, title, room) for name in wanted}


def _compose_sample(mood: str, title: str, room: Path) -> bytes:
    """Compose an opening, a name and a call of about eight seconds, each on a beat."""
    low, high = load_moods()[mood]
    beat_ms = 120_000 / (low + high)
    lift, button = (round(round(seconds * 1000 / beat_ms) * beat_ms) for seconds in (_LIFT_S, _BUTTON_S))
    ms = button + round(_RINGS_S * 1000)
    starts = ((0, 3), (lift, 4), ((lift + button) // 2, 5), (button, 2))
    ends = [at for at, _ in starts[1:]] + [ms]
    bed: dict[str, Any] = {
        "prompt": mood, "ms": ms, "bpm_milli": (low + high) * 500, "lift_ms": lift, "button_ms": button,
        "seed": compute_music_seed(mood, title), "hits": [{"at_ms": 0, "kind": "hit"}],
        "sections": [
            {"at_ms": at, "ms": end - at, "energy": energy} for (at, energy), end in zip(starts, ends, strict=True)
        ],
    }  # fmt: skip
    made = late.bed.compose_bed(bed, (), room, lambda done: None)
    frames = -(-ms * _FPS // 1000)
    mix = {
        "fps": [_FPS, 1], "frames": frames, "lufs_milli": WEB_LUFS * 1000, "dbtp_milli": WEB_DBTP * 1000,
        "tracks": [{"at": 0, "length": frames, "start": 0}],
    }  # fmt: skip
    source = Source(role="bed", part="whole", path=made.files[0].path)
    return late.mix.make_mix(mix, [source], room, lambda done: None).files[0].path.read_bytes()
