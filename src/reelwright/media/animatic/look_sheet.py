"""Sheets of stills by which people judge a look: every beat in one look, or one shot in every look."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from reelwright.media.animatic.still import render_still
from reelwright.media.drawing.treatments import load_picture
from reelwright.media.looks.registry import load_look, load_stagings
from reelwright.media.pictures.contact_sheet import build_contact_sheet
from reelwright.media.staging.shot_request import read_shot_request
from reelwright.reel.base.yaml_rows import load_yaml
from reelwright.reel.film.beats import BEAT_ROWS, BEATS

if TYPE_CHECKING:
    from PIL import Image

_SAMPLE: Final = Path(__file__).parents[1] / "looks" / "sample_words.yaml"
_FRAMES: Final = 90
_WIDTH: Final = 2400
"""Pixels of a sheet: two columns of it fill a screen, and small print can be read."""


def draw_look_sheet(
    look: str, size: tuple[int, int], pictures: Sequence[tuple[Path, str | None]] = (), accent: str | None = None,
    font: Path | None = None,
) -> bytes:  # fmt: skip
    """Draw one still of each staging of each beat in a look, with sample words, and return a JPEG of them all.

    ``pictures``: a file and its kind (cutout, screen, photo; None: as it looks). Raises ``BadInput`` on an unknown look
    and ``UnreadableMedia``. ``font``: that the look brings. Spends nothing.
    """
    return build_contact_sheet(list(_draw_beats(look, size, pictures, accent, font)), width=_WIDTH)


def draw_in_looks(
    looks: Mapping[str, Path | None], args: Mapping[str, Any], pictures: Sequence[tuple[Path, str | None]] = ()
) -> bytes:
    """Draw the still of one shot in each of ``looks``, and return a JPEG of them all. ``args``: as for ``draw_take``.
    ``looks``: each with the font that it brings.

    Raises ``BadInput``, ``MissingGlyphs`` and ``UnreadableMedia``. Spends nothing.
    """
    found = [(load_look(look).id, _draw({**args, "look": look}, pictures, font)) for look, font in looks.items()]
    return build_contact_sheet(found, width=_WIDTH)


@cache
def load_sample_words() -> Mapping[str, Mapping[str, str]]:
    """Load the words of a made-up product, by beat and role."""
    found: Mapping[str, Mapping[str, str]] = load_yaml(_SAMPLE)
    return found


def _draw_beats(
    look: str, size: tuple[int, int], pictures: Sequence[tuple[Path, str | None]], accent: str | None, font: Path | None
) -> Iterator[tuple[str, Image.Image]]:
    stagings = load_stagings(look)
    for beat in BEATS:
        words = load_sample_words().get(beat, load_sample_words().get(BEAT_ROWS[beat].staged_as, {}))
        for variant in range(count := len(stagings.beats[beat])):
            args = {"look": look, "staging": beat, "words": words, "variant": variant,
                    "size": list(size), "accent": accent}  # fmt: skip
            yield beat if count == 1 else f"{beat} {variant + 1}", _draw(args, pictures, font)


def _draw(args: Mapping[str, Any], pictures: Sequence[tuple[Path, str | None]], font: Path | None) -> Image.Image:
    request = read_shot_request({"frames": _FRAMES, "hits": [0, 14, 28, 42], **args, "before": None})
    return render_still(request, [load_picture(path, kind) for path, kind in pictures], None, font)[0]
