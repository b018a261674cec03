"""The ways in which words lie on the table: beside a picture, over one, in the middle, on a sheet, on torn strips."""

from __future__ import annotations

from itertools import takewhile

from reelwright.media.drawing.layers import Box
from reelwright.media.drawing.treatments import Picture, find_cover_crop
from reelwright.media.letters.word_styles import find_strong_words, strip_styles
from reelwright.media.looks.paper.material import make_sheet
from reelwright.media.looks.paper.page import Align, Page, Tone
from reelwright.media.looks.paper.pen import Plant
from reelwright.media.looks.paper.pictures import fill_frame, find_quiet, lay_half, measure_loss, put_picture
from reelwright.media.looks.paper.plants import add_branch, add_rule
from reelwright.media.staging.blocks import Block, split_headline
from reelwright.media.staging.stagings import choose_composition

_STILL_LIVE = 0.95
"""Part of the safe area that is inside it still when the camera has moved in."""
_LARGER = 1.6
"""Size of a headline over that of its last clause, at most."""
_FIGURE = 9
"""Most letters of strong words that are set larger than the rest of their line."""
_MOST_LOSS = 0.34
"""Most of a photograph's subject that is cut off where it lies torn beside words."""
_BESIDE_PRINT = 0.38
"""Part of the safe area's width for words beside a print that stands in for a torn half."""


def split_page(page: Page, share: float = 0.52) -> tuple[Box, Box]:
    """Split the page into the part for words and the part for a picture, beside or under each other (logical)."""
    stage, live = page.stage, page.stage.live
    if page.wide:
        edge = live.left + live.width * share
        return Box(live.left, page.top, edge, page.floor), Box(
            edge + 70 * stage.u, stage.height * 0.07, stage.width - 70 * stage.u, stage.height * 0.93
        )
    part = {"tall": share + 0.04, "portrait": share - 0.06, "square": share - 0.03}[stage.shape]
    edge = live.top + live.height * part
    small = page.small_height
    page.small_top = edge - small
    foot = stage.height * (0.97 if stage.shape == "tall" else 0.965)
    return Box(live.left, page.top, live.right, edge - small), Box(
        55 * stage.u, edge + 40 * stage.u, stage.width - 55 * stage.u, foot
    )


def lay_photo(page: Page, picture: Picture, share: float) -> Box:
    """Lay a picture on the page, and return the part that is left for words.

    How a photograph lies changes with the shot's variant, since one photograph often stays for a whole film: torn over
    the far half or the foot; over the near half or the head; whole, as a taped print, which opens no film. One whose
    subject would be cut lies whole beside words.
    """
    stage, u = page.stage, page.stage.u
    box, art = split_page(page, share)
    turn = 2 if stage.request.is_again else 0 if stage.is_opening else choose_composition(stage.request, 3)
    is_cut = page.wide and measure_loss(picture, find_cover_crop(picture, art.width, stage.height)) > _MOST_LOSS
    if picture.kind != "photo" or turn == 2 or is_cut:
        if picture.kind == "photo" and is_cut and turn != 2:
            box, art = split_page(page, min(share, _BESIDE_PRINT))
        put_picture(page, picture, art)
    elif turn == 1 and page.wide:
        left = stage.live.right - box.width
        lay_half(page, picture, Box(0, 0, left - 70 * u, stage.height), "before")
        box = box._replace(left=left, right=stage.live.right)
    elif turn == 1 and stage.shape != "tall":
        top = stage.height - box.bottom - page.small_height
        page.small_top = None
        lay_half(page, picture, Box(0, 0, stage.width, top - 30 * u), "above")
        head = page.top - stage.live.top  # what was kept free for a name over the words
        box = Box(box.left, top + 30 * u + head, box.right, page.floor)
    else:
        lay_half(page, picture, art, "after" if page.wide else "below")
    return box


def set_headline(
    page: Page, text: str, box: Box, tone: Tone, *, middle: bool = False, largest: float = 400,
    low: float = 0.5, stroke: bool = True
) -> float:  # fmt: skip
    """Set a headline in ``box``, its last clause in italics; ``low``: where in spare room it stands, 0 to 1.

    Returns the y under it. ``stroke``: the pen underlines its last line where nothing else is emphasised.
    """
    stage = page.stage
    beats = stage.find_beats(2, until=0.42)
    live, middle_y = stage.live, stage.height / 2
    edges = (middle_y + _STILL_LIVE * (edge - middle_y) for edge in (live.top, live.bottom))  # the camera moves in
    box = box._replace(top=max(box.top, next(edges)), bottom=min(box.bottom, next(edges)))
    one, two = fit_headline(page, text, box.width, box.height, largest=largest)
    tall = page.measure_pair(one, two)
    top = box.top + (box.height - tall) * low
    x = (box.left + box.right) / 2 if middle else box.left
    align: Align = "middle" if middle else "start"
    boxes = page.put(one, x, top, tone, 0, align=align)
    size = one.size
    if two.lines:
        second = top + one.ascent + (len(one.lines) - 1) * one.pitch + page.measure_step(one, two) - two.ascent
        later = 0 if stage.is_opening else max(beats[1], stage.to_frames(14))
        boxes = page.put(two, x, second, tone, later, align=align, emphatic=not one.lines[0].ink.style_spans)
    if stroke and boxes and not one.lines[-1].ink.style_spans and stage.request.frames > stage.to_frames(45):
        begin = max(beats[-1] + stage.to_frames(22), stage.request.frames * 0.42)
        page.draw_underline(boxes[-1], size, tone, begin)
    return top + tall


def fit_headline(page: Page, text: str, width: float, height: float, *, largest: float = 400) -> tuple[Block, Block]:
    """Fit a headline and its last clause, which may be empty; the headline is larger than that where there is room, and
    a few strong words that begin a line are larger than the rest of it.
    """
    u, words = page.stage.u, text.replace("|", " ").split()
    count = sum(1 for _ in takewhile(find_strong_words, words))
    strong, rest = " ".join(words[:count]), " ".join(words[count:])
    if strong and rest and len(strip_styles(strong)) <= _FIGURE and strip_styles(rest) == rest:
        one = page.fit(strong, "display", width, 0.46 * height, lines=1, largest=1.5 * largest)
        two = page.fit(rest, "display", width, 0.34 * height, largest=0.55 * one.size / u, target=80)
    else:
        one, two = page.fit_pair(text, width, height, largest=largest)
        if two.lines:
            most = min(largest, _LARGER * one.size / u)
            room = max(one.height, 0.92 * height - 1.3 * two.height)
            large = page.fit(split_headline(text)[0], "display", width, room, largest=most, is_headline=True)
            one = large if large.size > one.size else one
    factor = min(1.0, height / page.measure_pair(one, two))
    return one.scale(factor), two.scale(factor)


def set_over(page: Page, text: str, picture: Picture) -> Tone | None:
    """Set words over the quiet part of a photograph that fills the frame, and return their colours; None: it has no
    such part.
    """
    quiet = find_quiet(page, picture, text)
    if quiet is None:
        return None
    fill_frame(page, picture, quiet)
    set_headline(page, text, quiet.box, quiet.tone, largest=220)
    return quiet.tone


def set_with_picture(page: Page, text: str, picture: Picture, *, is_over: bool = True) -> None:
    """Set words over a photograph where it has a part for them and ``is_over``, or else beside their picture."""
    if not (is_over and set_over(page, text, picture)):
        set_beside(page, text, picture)


def set_beside(
    page: Page, text: str, picture: Picture | None, *, plant_low: bool = True, plant: Plant = "olive"
) -> Box:
    """Set words flush with the margin; beside or under them lies a picture, or a branch grows. Return their part of
    the page.
    """
    if picture:
        box = lay_photo(page, picture, 0.42 if picture.kind == "screen" and picture.ratio > 1 else 0.48)
        room = box if page.wide else box._replace(bottom=box.bottom - 50 * page.stage.u)
        set_headline(page, text, room, page.desk, low=0.5 if page.wide else 0.4)
    else:
        stage, grows = page.stage, page.grows
        box = Box(stage.live.left, page.top, stage.live.right, page.floor)
        if page.wide and grows:
            box = box._replace(right=box.left + 0.7 * box.width)
        foot = set_headline(page, text, box, page.desk, low=0.4 if grows and not page.wide else 0.5)
        if page.wide or stage.height - foot > 0.2 * stage.height:
            grow_corner(page, box._replace(top=foot + 40 * stage.u), low=plant_low, plant=plant)
    page.add_small_print(box.left, page.desk)
    return box


def grow_corner(page: Page, art: Box, *, low: bool = True, plant: Plant = "olive", tone: Tone | None = None) -> None:
    """Grow plants into the part of the page that words leave free, from its foot or from its head."""
    stage = page.stage
    wide, high = stage.width, stage.height
    later = stage.to_frames(10)
    if page.wide and low:
        add_branch(page, wide * 0.86, high * 1.03, high * 0.98, -100, 22, plant=plant, tone=tone)
        add_branch(page, wide * 0.92, high * 1.03, high * 0.74, -78, 14, plant=plant, tone=tone, seed=1, at=later)
        add_branch(page, wide * 0.80, high * 1.03, high * 0.54, -118, 18, plant=plant, tone=tone, seed=2, at=later * 2)
    elif page.wide:
        add_branch(page, wide * 0.74, -high * 0.04, high * 0.95, 44, 52, plant=plant, tone=tone)
        add_branch(page, wide * 0.90, -high * 0.03, high * 0.62, 76, 38, plant=plant, tone=tone, seed=1, at=later)
    else:
        length = min((high - art.top) * 1.02, wide * 0.98)
        side = 1 if low else -1
        x = wide * (0.5 - 0.42 * side)
        add_branch(page, x, high * 1.01, length, -90 + 32 * side, 18 * side, plant=plant, tone=tone)
        x += 0.16 * wide * side
        add_branch(
            page, x, high * 1.01, 0.86 * length, -90 + 52 * side, 8 * side, plant=plant, tone=tone, seed=1, at=later
        )


def set_centred(page: Page, text: str, tone: Tone) -> None:
    """Set words in the middle of a coloured page, between branches that grow from the corners."""
    stage, live = page.stage, page.stage.live
    wide, high = stage.width, stage.height
    page.cover(tone)
    centre = (live.left + live.right) / 2
    half = min(centre - live.left, live.right - centre) - (120 if page.wide else 0) * stage.u
    room = Box(centre - half, page.top + live.height * 0.08, centre + half, page.floor - live.height * 0.12)
    below = set_headline(page, text, room, tone, middle=True, low=0.5 if page.wide else 0.45, stroke=False)
    for side in (-1, 1):
        for number, reach in enumerate((0.78, 0.5)):
            x = wide * (0.5 + side * (0.485 - 0.03 * number))
            length = reach * (high if page.wide else min(0.62 * wide, 1.2 * (high - below)))
            add_branch(page, x, high * 1.03, length, -90 + 4 * side, -26 * side, tone=tone, seed=number, plant="olive")
    if below + 80 * stage.u < page.floor:
        add_rule(page, centre, below + 66 * stage.u, 190 * stage.u, tone.accent, stage.request.frames * 0.35)
    page.add_small_print(centre, tone, "middle")


def set_on_sheet(page: Page, text: str, under: Tone, plant: Plant) -> None:
    """Set words on a sheet with a torn foot that hangs over paper of another colour, where a plant grows."""
    stage, live, u = page.stage, page.stage.live, page.stage.u
    wide, high = stage.width, stage.height
    page.cover(under)
    if page.wide:
        left, top, right, foot = live.left - 10 * u, -80 * u, wide * 0.80, high * 0.80
    else:
        left, top, right, foot = (
            -60 * u,
            -80 * u,
            wide - 60 * u,
            page.floor + (max(70 * u, page.small_height + 40 * u) if stage.shape == "tall" else -60 * u),
        )
    sheet = make_sheet(round(right - left), round(foot - top), page.sheet.ground, "foot", page.seed, 0.0, u)
    page.place(sheet, (left + right) / 2, (top + foot) / 2, depth=1.0)
    inner = live.left + 70 * u if page.wide else live.left + 10 * u
    top_room = page.top + (10 if page.wide else 30) * u
    room = Box(inner, top_room, right - (90 * u if page.wide else 30 * u), min(foot - 70 * u, page.floor))
    room = room._replace(right=min(room.right, live.right))
    set_headline(page, text, room, page.sheet, low=0.55)
    if page.wide:
        add_branch(page, wide * 0.91, high * 1.03, high * 0.9, -88, 12, plant=plant, tone=under)
        add_branch(page, wide * 0.955, high * 1.03, high * 0.66, -80, 10, plant=plant, tone=under, seed=1)
    elif stage.shape == "tall":
        add_branch(page, wide * 0.16, high * 1.0, wide * 0.80, -42, -22, plant=plant, tone=under)
        add_branch(page, wide * 0.30, high * 1.01, wide * 0.72, -20, -20, plant=plant, tone=under, seed=1)
    page.add_small_print(inner, page.sheet if stage.shape == "tall" else under)
