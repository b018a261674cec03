"""Screens of one line: before a sun, on cut strips, in a seal, beside a huge letter, over waves or fruit."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from reelwright.media.drawing.drawables import skia
from reelwright.media.drawing.layers import Box
from reelwright.media.drawing.lettering import FittedLine
from reelwright.media.drawing.treatments import Picture
from reelwright.media.letters.word_styles import drop_struck_words, strip_styles
from reelwright.media.looks.riso.letters import cut_letters
from reelwright.media.looks.riso.motifs import (
    add_tint,
    draw_confetti,
    draw_flower,
    draw_glyph,
    draw_leaf,
    draw_slice,
    draw_sun,
    draw_waves,
    make_box,
    make_circle,
    make_rays,
    make_scallop,
    make_wave,
)
from reelwright.media.looks.riso.plates import Mark, Plate, hold
from reelwright.media.looks.riso.press import BANDS, RAYS, Ground, Press
from reelwright.media.looks.riso.signs import add_emblem, draw_rising_sun
from reelwright.media.staging.columns import FittedRow
from reelwright.media.staging.lines import find_written_starts
from reelwright.media.staging.stage import Stage
from reelwright.media.staging.stagings import choose_composition

_ORNAMENT: Final = "waves"
"""The motif that says nothing of any trade."""
_SMALL: Final = 100
"""Cap height of a headline, in pixels at 1080, below which words take more of a wide frame's width."""
_REST: Final = 0.8
"""Size of further facts over that of the first one, where none fits its line."""
_LARGER: Final = 1.6
"""Largest line of an answer over its smallest: each is as wide as the frame."""
Layout = Callable[[Stage, str, Ground, tuple[str, ...], str], None]


def set_cold_open(stage: Stage) -> None:
    """Stage a screen without words: the photograph to its edges, or fruit, or a sun."""
    press = Press(stage, "sun")
    if picture := stage.choose_picture():
        add_backdrop(press, press.frame, picture)
        press.show(picture, press.frame)
    else:
        x, y = stage.width / 2, stage.height * 0.56
        short = min(stage.width, stage.height)
        draw_sun(
            press.marks, press.inks, x, y, short * 0.34, stage.width + stage.height, press.u, rays="hot", free=False
        )
    press.add_small_print()


def _set(beat: str, stage: Stage, *grounds: Ground) -> None:
    """Stage a line on the ground, and with the motif of the look, that its shot's variant has."""
    turn = choose_composition(stage.request, len(grounds))
    text, name = stage.get_words("line"), stage.get_words("name") if beat == "brand" else ""
    if not text:
        text, name = name, ""
    roles = ("line", "name") if beat == "brand" else ("line",)
    if picture := stage.choose_picture():
        set_with_picture(stage, text, picture, roles, head=name, turn=turn + len(beat))
        return
    LAYOUTS[choose_motif(stage, beat, turn)](stage, text, grounds[turn], roles, name)


def choose_motif(stage: Stage, beat: str, turn: int) -> str:
    """Choose what stands beside a line: the emblem where the line names it, or where the motif would mean nothing."""
    motif = stage.look.motifs[beat][turn]
    shows_emblem = stage.request.is_emblem_named or (stage.request.emblem and motif == _ORNAMENT)
    return "glyph" if shows_emblem else motif


def set_hook(stage: Stage) -> None:
    """Stage the opening line, in three ways."""
    _set("hook", stage, "paper", "sun", "hot")


def set_answer(stage: Stage) -> None:
    """Stage a line of the hook that comes back alone: each of its lines as wide as the frame, on dots that grow over a
    ground of its own, waves under them where these leave room.
    """
    grounds: tuple[Ground, ...] = ("hot", "key", "sun")
    press = Press(stage, grounds[choose_composition(stage.request, 3)])
    box, u, tone = press.box, press.u, press.tone
    press.add_screen(make_box(press.frame), tone.ground, tone.ink, cell=46)
    gap, wide = 48 * u, 0.965 * box.width
    rows = press.fit_line(stage.get_words("line"), box.width, box.height, largest=520, lines=4, is_name=True)
    block = rows[0].lines if rows else []
    most = _LARGER * min((wide / line.ink.width for line in block), default=0.0)
    sizes = [min(most, wide / line.ink.width) for line in block]
    room = 0.96 * box.height - gap * (len(block) - 1)
    factor = min(1.0, room / max(1.0, sum(line.ink.height * size for line, size in zip(block, sizes, strict=True))))
    lines = [FittedLine(line.ink, factor * size) for line, size in zip(block, sizes, strict=True)]
    tall = sum(line.height + gap for line in lines) - gap
    y = box.top + (box.height - tall) * (0.5 if stage.shape == "wide" else 0.4)
    low = max(y + tall + 26 * u, 0.66 * stage.height)
    if low < 0.72 * stage.height:
        draw_waves(press.marks, Box(0, low, stage.width, stage.height), u, press.bands)
    for index, line in enumerate(lines):
        at = 5 * index * stage.request.pace
        press.set_line(line, box.left, y - line.ink.top * line.size, tone.ink, at, group=f"line {index}")
        y += line.height + gap


def set_problem(stage: Stage) -> None:
    """Stage what is wrong: on blue, beside the line's own last mark, or on strips."""
    _set("problem", stage, "key", "key")


def set_agitate(stage: Stage) -> None:
    """Stage what makes it worse: on strips over red, or beside a huge letter."""
    _set("agitate", stage, "hot", "hot")


def set_benefit(stage: Stage) -> None:
    """Stage what is gained, in six ways."""
    _set("benefit", stage, "paper", "paper", "sun", "paper", "sun", "sun")


def set_brand(stage: Stage) -> None:
    """Stage what the maker stands for, under the name."""
    _set("brand", stage, "sun", "key", "sun", "paper", "sun")


def split(press: Press, share: float = 0.55, *, foot: float = 0.60) -> tuple[Box, Box]:
    """Divide the frame into the box of words and that of a drawing, beside it or below it, out to the edges (logical).

    ``share``: of the width that words take in a wide frame, ``foot``: of the height in others.
    """
    stage, box = press.stage, press.box
    if press.wide:
        edge = stage.width * share
        return box._replace(right=edge - 20 * press.u), Box(edge, 0, stage.width, stage.height)
    small = stage.live.bottom - box.bottom
    least = stage.live.top + stage.height * (0.26 if stage.shape == "tall" else 0.33)  # a logo lowers the top
    edge = min(max(stage.height * foot + small, least), stage.live.bottom + 40 * press.u)
    press.small_foot = edge - 30 * press.u  # small print stands under the words, and never on a drawing
    return box._replace(bottom=edge - 40 * press.u - small), Box(0, edge, stage.width, stage.height)


def compute_share(press: Press, text: str, share: float) -> float:
    """Return the share of a wide frame's width that words take beside a drawing: more where they would be small."""
    if not press.wide:
        return share
    rows = press.fit_line(text, press.stage.width * share - press.box.left, press.box.height, largest=240)
    line = rows[0].lines[0] if rows else None
    is_small = line is not None and line.ink.cap * line.size < _SMALL * press.u
    return share + 0.12 if is_small else share


def put_words(
    press: Press, text: str, head: str, words: Box, *, middle: bool = True, largest: float = 240, lines: int = 6
) -> Box:
    """Set a line, under a name where there is one, in a box. Returns the box that it takes (logical)."""
    u = press.u
    notes = press.fit([press.make_note(head, em=50)], words.width, words.height * 0.25) if head else []
    room = words.height - (press.measure(notes) + 44 * u if notes else 0)
    rows = press.fit_line(text, words.width, room, largest=largest, lines=lines)
    first, _, rest = text.partition("|")
    is_fact = rest and not first.endswith(tuple(".!?…。！？।")) and not press.stage.is_opening
    if is_fact and find_written_starts(text, rows[0].lines):  # facts in broken lines: the first one leads
        lead = press.fit_line(first, words.width, 0.66 * room, largest=largest, lines=lines)
        row = press.make_row(rest, largest=max(44, _REST * lead[0].lines[0].size / u), lines=4, kind="label", target=18)
        rows = [*lead, *press.fit([row], words.width, room - press.measure(lead) - row.gap * u)]
    tall = press.measure(rows) + (press.measure(notes) + 44 * u if notes else 0)
    top = words.top + (words.height - tall) * (press.rest if middle else 0.0)
    area = Box(words.left, top, words.left + _measure_width(notes, rows), top + tall)
    if notes:
        press.put(notes, words.left, top, group="head")
        top += press.measure(notes) + 44 * u
    press.put(rows, words.left, top, find_line_hits(press, rows), group="line")
    return area


def _measure_width(*columns: list[FittedRow]) -> float:
    return max((line.width for rows in columns for one in rows for line in one.lines), default=0.0)


def find_line_hits(press: Press, rows: list[FittedRow]) -> list[float]:
    """Return the frame on which each line comes."""
    count = sum(len(one.lines) for one in rows)
    return [float(hit) for hit in press.stage.find_line_beats(max(1, count), until=0.38)]


def set_sun(stage: Stage, text: str, ground: Ground, roles: tuple[str, ...], head: str) -> None:
    """Set the line before rays that turn around a large disc."""
    press = Press(stage, ground, *roles)
    words, art = split(press, compute_share(press, text, 0.57), foot=0.56)
    put_words(press, text, head, words)
    place = stage.to_frame_box(*art)
    if press.wide:
        x, y, radius = (
            (place.left + place.right) / 2 + 60 * press.u * stage.reading_sign,
            stage.height * 0.62,
            stage.height * 0.40,
        )
    else:
        radius = min(stage.width * 0.44, max(art.height * 0.5, stage.width * 0.30))
        x, y = stage.width / 2, stage.height - radius * 0.72
    rays: Plate = "sun" if ground == "paper" else "paper"
    draw_sun(
        press.marks, press.inks, x, y, radius, stage.width + stage.height, press.u, rays=rays, free=ground == "paper"
    )
    press.add_small_print()


_STRIPS: dict[Ground, tuple[Ground, ...]] = {
    "paper": ("key", "hot", "sun"),
    "sun": ("key", "paper", "hot"),
    "hot": ("paper", "key", "sun"),
    "key": ("hot", "sun", "paper"),
}


def set_strips(stage: Stage, text: str, ground: Ground, roles: tuple[str, ...], head: str) -> None:
    """Set each line on a strip of cut paper; strips are laid one after another, each a little aside."""
    press = Press(stage, ground, *roles)
    u, box = press.u, press.box
    if stage.shape == "tall":
        box = box._replace(bottom=min(box.bottom, stage.height * 0.62))
    pad = 44 * u
    aside = 70 * u if press.wide else 36 * u
    top = box.top
    if head:
        notes = press.fit([press.make_note(head, em=50)], box.width, box.height * 0.2)
        press.put(notes, box.left, top, group="head")
        top += press.measure(notes) + 46 * u
    rows = press.fit_line(
        text,
        box.width * (0.9 if press.wide else 1) - 2 * pad - 2 * aside,
        (box.bottom - top) * (0.84 if press.wide else 0.74),
        largest=280,
        lines=5,
    )
    if not rows:
        return press.add_small_print()
    lines = rows[0].lines
    while True:
        size = lines[0].size
        above = max(-line.ink.top for line in lines) * size
        lead = min(34 * u, size * 0.3)
        high = above + max(0.0, *(line.ink.bottom for line in lines)) * size + 2 * lead
        tall = high * len(lines) * 0.97
        if tall <= box.bottom - top:
            break
        smaller = 0.95 * size * stage.settle_headline(0.95 * size * lines[0].ink.cap)
        lines = [FittedLine(line.ink, smaller) for line in lines]
    y = top + (box.bottom - top - tall) * (0.5 if stage.shape != "tall" else 0.3)
    hits = stage.find_line_beats(len(lines), until=0.45)
    area = Box(
        box.left, y - 30 * u, box.left + max(line.width for line in lines) + 2 * pad + 2 * aside, y + tall + 30 * u
    )
    _fill_around(press, area)
    for index, line in enumerate(lines):
        ink = _STRIPS[ground][index % 3]
        tone = press.find_tone(ink)
        x = box.left + (aside, 0.0, 2 * aside, aside * 0.6)[index % 4]
        strip = Box(x, y, x + line.width + 2 * pad, y + high)
        press.add_cut(strip, tone.ground, hits[index], f"strip {index}", lean=8)
        press.set_line(
            line,
            x + pad,
            y + lead + above,
            tone.ink,
            hits[index] + (2 if index else 0),
            tone=tone,
            group=f"line {index}",
        )
        y += high * 0.97
    return press.add_small_print()


def _fill_around(press: Press, area: Box) -> None:
    """Fill what strips leave with cut paper, and a sun that rises from the foot."""
    stage = press.stage
    if press.wide:
        x, reach, foot = stage.to_frame_x(stage.width * 0.92), stage.height * 0.5, stage.height + 10.0
    else:
        x, reach = stage.width / 2, stage.width * 0.5
        foot = stage.height + max(0.0, reach - (stage.height - area.bottom) * 0.9)
    if press.plate in ("hot", "key"):
        free = stage.to_frame_box(*area)
        draw_confetti(press.marks, press.frame, press.rng, press.u, count=44, free=free, plates=BANDS[press.plate])
    draw_rising_sun(press, x, foot, reach / 1.4)


def set_seal(stage: Stage, text: str, ground: Ground, roles: tuple[str, ...], head: str) -> None:
    """Set the line in the middle of a large seal with a scalloped edge, rays or cut paper around it."""
    press = Press(stage, ground, *roles)
    u, live = press.u, stage.live
    x = (live.left + live.right) / 2
    y = (
        (press.box.top + press.box.bottom) / 2
        if not press.wide
        else stage.height / 2 - (40 * u if press.has_small_print else 0)
    )
    radius = min(stage.height * 0.53, stage.width * 0.5) if stage.shape != "tall" else stage.width * 0.53
    if press.has_small_print and stage.shape in ("square", "portrait"):
        radius *= 0.86
        y -= 30 * u
    fx = stage.to_frame_x(x)
    if ground == "hot":
        press.marks.append(
            Mark(
                press.beams,
                lambda step: make_rays(fx, y, radius * 0.9, stage.width + stage.height, 24, step * 0.014),
                is_moving=True,
            )
        )
    else:
        bits: tuple[Plate, ...] = (press.over, "key", "paper") if ground == "sun" else ("paper", "paper", "hot")
        draw_confetti(press.marks, press.frame, press.rng, u, count=70, plates=bits, large=1.3)
    off: Plate = "key" if ground != "key" else "hot"
    if ground == "key":
        press.marks.append(Mark("paper", hold(make_scallop(fx + 22 * u, y + 22 * u, radius, 22, radius * 0.045))))
    press.marks.append(
        Mark(
            off,
            lambda step: make_scallop(fx + 22 * u, y + 22 * u, radius, 22, radius * 0.045, step * 0.01),
            is_moving=True,
        )
    )
    press.marks.append(
        Mark("paper", lambda step: make_scallop(fx, y, radius, 22, radius * 0.045, step * 0.01), is_moving=True)
    )
    inner = make_circle(fx, y, radius * 0.87)
    press.marks.append(Mark("hot" if ground != "hot" else "sun", hold(inner), width=9 * u))
    tone = press.find_tone("paper")
    press.tone = tone
    box = Box(
        max(live.left, x - radius * 0.74), y - radius * 0.52, min(live.right, x + radius * 0.74), y + radius * 0.52
    )
    notes = press.fit([press.make_note(head, em=46)], box.width * 0.8, 130 * u) if head else []
    room = box.height - (press.measure(notes) + 36 * u if notes else 0)
    rows = press.fit_line(text, box.width, room, largest=240, lines=5, tone=tone)
    tall = press.measure(rows) + (press.measure(notes) + 36 * u if notes else 0)
    top = y - tall / 2
    if notes:
        press.put(notes, x, top, align="middle", group="head")
        top += press.measure(notes) + 36 * u
    press.put(rows, x, top, find_line_hits(press, rows), align="middle", group="line")
    press.add_small_print()


def set_glyph(stage: Stage, text: str, ground: Ground, roles: tuple[str, ...], head: str) -> None:
    """Set the line beside the film's emblem, or its own last mark or first letter, huge and far out of register."""
    named = stage.request.is_emblem_named and not stage.is_opening  # the sun stands in a film's first screen
    press = Press(stage, "sun" if named else ground, *roles)
    words, art = split(press, compute_share(press, text, 0.60), foot=0.55)
    if named:
        press.add_screen(make_box(press.frame), press.tone.ground, press.tone.ink, cell=46)
    put_words(press, text, head, words)
    if stage.request.emblem:
        add_emblem(press, "", art, is_close=not stage.request.is_emblem_named, has_sun=not named)
    else:
        add_glyph(press, text, art)
    press.add_small_print()


def add_glyph(press: Press, text: str, art: Box, *, high: float = 1.16) -> None:
    """Print a letter of a text, larger than its part of the frame."""
    stage, u = press.stage, press.u
    plain = strip_styles(drop_struck_words(text)).replace("|", " ").strip()
    mark = plain[-1:] if plain[-1:] in "?!؟？！" else next((one for one in plain if one.isalnum()), "!")
    ink = stage.typeset(mark.upper())
    size = min(art.height * high / ink.height, art.width * 1.25 / ink.width)
    middle = stage.to_frame_x((art.left + art.right) / 2) + 0.04 * art.width * stage.reading_sign
    y = (art.top + art.bottom) / 2 + (0.0 if press.wide else 0.06 * art.height)
    letters, _ = cut_letters(
        ink, size, middle - (ink.left + ink.right) / 2 * size, y - (ink.top + ink.bottom) / 2 * size, bounces=False
    )
    path = skia.Path()
    for letter in letters:
        path.addPath(letter.path)
    matrix = skia.Matrix()
    matrix.setRotate(8.0 * stage.reading_sign, middle, y)
    path.transform(matrix)
    draw_glyph(press.marks, path, press.inks, u, on="paper" if press.plate in ("key", "hot") else None)


def set_waves(stage: Stage, text: str, ground: Ground, roles: tuple[str, ...], head: str) -> None:
    """Set the line over three bands of waves."""
    press = Press(stage, ground, *roles)
    u, box = press.u, press.box
    words = box._replace(bottom=min(box.bottom, stage.height * (0.62 if press.wide else 0.6)))
    area = put_words(press, text, head, words, middle=False, largest=220)
    low = min(max(area.bottom + 30 * u, stage.height * 0.5), stage.height * 0.86)
    draw_waves(press.marks, Box(0, low, stage.width, stage.height), u, press.bands)
    press.add_small_print()


def set_orchard(stage: Stage, text: str, ground: Ground, roles: tuple[str, ...], head: str) -> None:
    """Set the line beside slices of fruit, a flower and leaves that reach out of the frame."""
    press = Press(stage, ground, *roles)
    words, art = split(press, compute_share(press, text, 0.60), foot=0.58)
    put_words(press, text, head, words)
    add_fruit(press, art)
    press.add_small_print()


def add_fruit(press: Press, art: Box) -> None:
    """Print slices, a flower and leaves in a part of the frame."""
    stage, u = press.stage, press.u
    place, sign = stage.to_frame_box(*art), stage.reading_sign
    long = max(art.width, art.height)
    short = min(art.width, art.height)
    x = place.centre[0]
    far = place.right if sign > 0 else place.left
    big = min(long * 0.44, short * 0.72)
    lean = -sign
    if press.wide:
        first, second, third = (
            (far + lean * big * 0.45, stage.height * 0.30),
            (x - sign * 0.1 * art.width, stage.height * 0.93),
            (x + lean * art.width * 0.36, stage.height * 0.22),
        )
    else:
        first, second, third = (
            (far + lean * big * 0.5, place.bottom - big * 0.45),
            (stage.width - far + sign * big * 0.35, place.top + big * 0.55),
            (stage.width - far + sign * big * 0.42, place.bottom - big * 0.08),
        )
    fresh: Plate = "sun" if press.plate == "paper" else "hot"
    for angle in (150, 205) if sign > 0 else (-25, 30):
        draw_leaf(press.marks, first[0], first[1], big * 1.2, angle + (20 if press.wide else -60 * sign))
    draw_slice(press.marks, press.inks, *first, big, u, rind=fresh, flesh="hot" if fresh == "sun" else "sun")
    draw_slice(
        press.marks,
        press.inks,
        *second,
        big * 0.56,
        u,
        rind="hot" if fresh == "sun" else "key",
        flesh="sun",
        spin=-0.04,
    )
    draw_flower(press.marks, *third, big * 0.30)


# -- with pictures ----------------------------------------------------------------------------------------------


def set_with_picture(
    stage: Stage, text: str, picture: Picture, roles: tuple[str, ...], *, head: str = "", turn: int = 0
) -> None:
    """Set a line with its picture: beside a cut edge like a wave, or on a patch over a photograph that fills all."""
    short = len(strip_styles(text)) < 44 and not head and len(stage.request.words) <= 1
    near = 1 - picture.focus[0] if stage.is_rtl else picture.focus[0]
    is_free = near > 0.5 if stage.shape == "wide" else picture.focus[1] > 0.42
    if picture.kind == "photo" and turn % 2 and short and is_free:
        _set_patch(stage, text, picture, roles, turn)
        return
    ground: Ground = (
        ("paper", "sun", "key", "hot")[turn % 4] if picture.kind != "screen" else ("sun", "paper")[turn % 2]
    )
    press = Press(stage, ground, *roles)
    words = show_beside(press, picture, turn=turn)
    put_words(press, text, head, words, largest=150, lines=7)
    press.add_small_print()


def show_beside(press: Press, picture: Picture, *, share: float = 0.39, foot: float = 0.39, turn: int = 0) -> Box:
    """Show a picture out to the edges, its near edge cut like a wave. Return the box that is left for words.

    ``share``: of the width that words have in a wide frame, ``foot``: of the height in others.
    """
    stage, u = press.stage, press.u
    words, art = split(press, share, foot=foot if stage.shape != "tall" else max(foot, 0.40))
    swell = 26 * u
    words = (
        words._replace(right=words.right - swell) if press.wide else words._replace(bottom=words.bottom - swell * 0.6)
    )
    if not press.wide and press.has_small_print:
        press.small_foot = words.bottom
        words = words._replace(bottom=words.bottom - press.small_height)
    place = stage.to_frame_box(*art)
    if picture.kind == "photo":
        side = ("left" if stage.reading_sign > 0 else "right") if press.wide else "top"
        long = place.height if press.wide else place.width
        path = make_wave(place, long / 4.5, swell, 0.3 * turn, side=side)

        def flow(step: int) -> object:
            edge = make_wave(place, long / 4.5, swell, 0.3 * turn + 3 - 0.02 * step, side=side)
            edge.offset(*((-26 * u * stage.reading_sign, 0.0) if press.wide else (0.0, -26 * u)))
            return edge

        press.marks += [Mark("paper", flow, is_moving=True), Mark(press.second, flow, is_moving=True)]
        edge = {"left": "left", "right": "right", "top": "up"}[side]
        press.show(picture, _grow_near(art, swell + 2, wide=press.wide), path=path, edges=(edge,))
    else:
        add_backdrop(press, art, picture)
        press.show(picture, art)
    return words


def _grow_near(art: Box, by: float, *, wide: bool) -> Box:
    return art._replace(left=art.left - by) if wide else art._replace(top=art.top - by)


def add_backdrop(press: Press, art: Box, picture: Picture) -> None:
    """Print what lies behind a cut-out or a screen: rays around a disc, or dots."""
    if picture.kind == "photo":
        return
    stage, u = press.stage, press.u
    place = stage.to_frame_box(*art)
    x, y = place.centre
    short = min(place.width, place.height)
    if picture.kind == "screen":
        field = make_box(place.grow(2))
        if press.plate == "key":
            press.marks.append(Mark("paper", hold(field)))
        add_tint(press.marks, press.second, field, press.inks, u, toward="right" if press.wide else "down", densest=0.6)
        return
    rays = RAYS[press.plate]
    clip = make_box(place)
    count, reach = 24, stage.width + stage.height

    def burst(step: int) -> object:
        return skia.Op(make_rays(x, y, short * 0.46, reach, count, step * 0.012), clip, skia.PathOp.kIntersect_PathOp)

    press.marks.append(Mark(rays, burst, is_moving=True))
    if press.plate == "key":
        press.marks.append(Mark("paper", hold(make_circle(x, y, short * 0.42))))
    circle = make_circle(x, y, short * 0.42)
    press.marks.append(Mark(press.second, hold(circle)))
    add_tint(press.marks, "sun", circle, press.inks, u, toward="down", densest=1.0)


def _set_patch(stage: Stage, text: str, picture: Picture, roles: tuple[str, ...], turn: int) -> None:
    """Fill the frame with a photograph and set the line on a patch cut out of coloured paper, away from its subject."""
    ground: Ground = ("sun", "hot", "paper", "key")[turn % 4]
    press = Press(stage, ground, *roles)
    u, live = press.u, stage.live
    press.show(picture, press.frame)
    pad = 62 * u
    width = live.width * (0.36 if press.wide else 1.0) - 2 * pad
    rows = press.fit_line(text, width, live.height * (0.56 if press.wide else 0.44) - 2 * pad, largest=130, lines=5)
    tall = press.measure(rows) + 2 * pad
    wide = _measure_width(rows) + 2 * pad
    top = live.bottom - tall if press.wide else live.top
    area = Box(live.left, top, live.left + wide, top + tall)
    press.add_cut(
        area, press.tone.ground, 0, "patch", shadow=press.inks.key if ground != "key" else press.inks.hot, lean=10
    )
    press.put(rows, live.left + pad, top + pad, [2.0 * n for n in range(8)], group="line")
    press.add_small_print()


LAYOUTS: Final[Mapping[str, Layout]] = {
    "sun": set_sun, "strips": set_strips, "seal": set_seal, "glyph": set_glyph, "waves": set_waves,
    "orchard": set_orchard,
}  # fmt: skip
"""How a line stands with each motif of ``look.yaml``."""
