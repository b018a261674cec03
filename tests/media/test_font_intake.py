"""A person's own font file: what is taken, what is refused, and what is said of it."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
import uharfbuzz as hb
from fontTools.designspaceLib import AxisDescriptor, DesignSpaceDocument, SourceDescriptor
from fontTools.fontBuilder import FontBuilder
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTCollection, TTFont
from fontTools.varLib import build

from reelwright.errors import BadInput, UnreadableMedia
from reelwright.media.pictures.font_intake import take_in_font
from reelwright.media.pictures.guarded_intake import take_in_font_guarded
from reelwright.media.typeset.faces import FONTS

SERIF = FONTS / "playfair-400.ttf"


def draw_master(wide: int) -> TTFont:
    """A font whose letter H is as wide as its weight."""
    pen = TTGlyphPen(None)
    pen.moveTo((0, 0))
    for point in ((0, 700), (wide, 700), (wide, 0)):
        pen.lineTo(point)
    pen.closePath()
    builder = FontBuilder(1000)
    builder.setupGlyphOrder([".notdef", "H"])
    builder.setupCharacterMap({0x48: "H"})
    builder.setupGlyf({".notdef": TTGlyphPen(None).glyph(), "H": pen.glyph()})
    builder.setupHorizontalMetrics({".notdef": (500, 0), "H": (wide, 0)})
    builder.setupHorizontalHeader(ascent=800, descent=-200)
    builder.setupNameTable({"familyName": "Grow", "styleName": "Regular", "fullName": "Grow Regular"})
    builder.setupOS2(fsType=2)
    builder.setupPost()
    return builder.font


def make_variable(path: Path, least: int, most: int) -> Path:
    space = DesignSpaceDocument()
    space.addAxis(AxisDescriptor(name="Weight", tag="wght", minimum=least, default=least, maximum=most))
    for weight in (least, most):
        space.addSource(SourceDescriptor(font=draw_master(weight), location={"Weight": weight}))
    build(space)[0].save(path)
    return path


def measure_h(path: Path) -> float:
    font = hb.Font(hb.Face(hb.Blob.from_file_path(str(path))))
    return float(font.get_glyph_extents(font.get_nominal_glyph(ord("H"))).width)


def test_a_font_is_written_again_with_its_name_and_licence(tmp_path: Path) -> None:
    font = TTFont(SERIF)
    font["name"].setName("Mine Bold", 4, 3, 1, 0x409)
    font["name"].setName("Licensed under the OFL 1.1.", 13, 3, 1, 0x409)
    font["name"].setName("https://openfontlicense.org", 14, 3, 1, 0x409)
    font.save(tmp_path / "mine.ttf")
    made = take_in_font(tmp_path / "mine.ttf", room=tmp_path)
    assert (made.mime, made.family) == ("font/ttf", "Mine Bold")
    assert made.licence == "Licensed under the OFL 1.1. https://openfontlicense.org"
    assert made.notes == (f"licence note: {made.licence}",)
    assert "20-7E" in made.letters
    assert not {"fpgm", "prep"} & set(hb.Face(hb.Blob.from_file_path(str(made.path))).table_tags)
    (tmp_path / "again").mkdir()
    assert take_in_font(made.path, room=tmp_path / "again").path.read_bytes() == made.path.read_bytes()


@pytest.mark.parametrize(("least", "most", "taken"), [(300, 900, 700), (100, 600, 600), (800, 900, 800)])
def test_the_bold_of_a_variable_font_is_used_or_what_is_next_to_it(
    tmp_path: Path, least: int, most: int, taken: int
) -> None:
    made = take_in_font(make_variable(tmp_path / "grow.ttf", least, most), room=tmp_path)
    assert measure_h(made.path) == taken
    assert f"it has many weights: {taken} is used" in made.notes


def test_a_font_that_may_not_be_embedded_is_told_of(tmp_path: Path) -> None:
    draw_master(400).save(tmp_path / "closed.ttf")
    made = take_in_font(tmp_path / "closed.ttf", room=tmp_path)
    assert any("does not allow it to be embedded" in note for note in made.notes)


def test_the_first_face_of_a_collection_is_used(tmp_path: Path) -> None:
    both = TTCollection()
    both.fonts = [TTFont(SERIF), TTFont(FONTS / "anton.ttf")]
    both.save(tmp_path / "both.ttc")
    made = take_in_font(tmp_path / "both.ttc", room=tmp_path)
    assert measure_h(made.path) == measure_h(SERIF) and "its first face is used, of 2" in made.notes


def test_what_is_no_font_to_set_words_in_is_refused_and_named(tmp_path: Path) -> None:
    packed = TTFont(SERIF)
    packed.flavor = "woff2"
    packed.save(tmp_path / "mine.woff2")
    (tmp_path / "text.ttf").write_text("not a font")
    (tmp_path / "large.ttf").write_bytes(bytes(20 * 1024**2 + 1))
    refused = {
        tmp_path / "mine.woff2": "WOFF2", tmp_path / "text.ttf": "text", tmp_path / "large.ttf": "20971521 bytes",
        FONTS / "noto-symbols.ttf": "a font of signs without letters", FONTS / "noto-emoji.ttf": "a font of pictures",
    }  # fmt: skip
    for path, value in refused.items():
        with pytest.raises(BadInput) as error:
            take_in_font(path, room=tmp_path)
        assert (error.value.field, error.value.value) == (path.name, value)


async def test_a_broken_font_ends_nothing_but_its_reader(tmp_path: Path) -> None:
    data, chance = SERIF.read_bytes(), random.Random(7)
    (tmp_path / "cut.ttf").write_bytes(data[: len(data) // 2])
    with pytest.raises(UnreadableMedia):
        await take_in_font_guarded(tmp_path / "cut.ttf", tmp_path)
    for number in range(4):
        broken = bytearray(data)
        for _ in range(300):
            broken[chance.randrange(12, len(broken))] = chance.randrange(256)
        path = tmp_path / f"broken{number}.ttf"
        path.write_bytes(broken)
        try:
            made = await take_in_font_guarded(path, tmp_path)
        except (UnreadableMedia, BadInput):
            continue
        assert take_in_font(made.path, room=tmp_path).letters, "what was taken can be read here"
