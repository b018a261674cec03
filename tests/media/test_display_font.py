"""A person's own font in the looks: it sets the display type at the look's heights, and loses nothing."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont

from media.animatic_lint import lint
from media.animatic_words import LATIN, asked
from media.test_nothing_lost import STAGINGS, list_lost_words
from reelwright.media.animatic.scene_builder import stage_scene
from reelwright.media.looks.display_font import set_display_font
from reelwright.media.looks.registry import list_look_names, load_look
from reelwright.media.typeset import EM, choose_stack, set_line
from reelwright.media.typeset.faces import FONTS, add_own_face, load_face
from reelwright.media.words.titles import draw_title

SERIF, POSTER = FONTS / "playfair-400.ttf", FONTS / "anton.ttf"


def list_faces(text: str, look: str, font: Path, kind: str = "display") -> list[str]:
    """The faces of a line's words, each once: ``own`` for that of the font."""
    lettering = set_display_font(load_look(look), font).type[kind]
    line = set_line(text, choose_stack(lettering.role, "en", lettering.faces))
    return [*dict.fromkeys("own" if glyph.face.is_own else glyph.face.name for glyph in line.glyphs)]


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A font with the letters of English alone, without a dash."""
    path = tmp_path_factory.mktemp("fonts") / "plain.ttf"
    font = TTFont(SERIF)
    cutter = Subsetter(Options(layout_features=["*"], notdef_outline=True))
    cutter.populate(text="ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz .")
    cutter.subset(font)
    font.save(path)
    return path


@pytest.mark.parametrize("font", [SERIF, POSTER], ids=lambda path: path.stem)
@pytest.mark.parametrize(("look", "beat", "variant"), STAGINGS)
def test_no_word_is_lost_or_too_small_in_another_font(look: str, beat: str, variant: int, font: Path) -> None:
    for size in ((480, 270), (270, 480)):
        scene = stage_scene(asked(beat, LATIN[beat], size, look=look, variant=variant), [], None, font)
        assert list_lost_words(LATIN[beat], scene) == [], size
        assert lint(scene) == [], size


@pytest.mark.parametrize("font", [SERIF, POSTER], ids=lambda path: path.stem)
@pytest.mark.parametrize("look", list_look_names())
def test_capitals_are_as_high_as_those_of_the_look_s_own_face(look: str, font: Path) -> None:
    own, usual = set_display_font(load_look(look), font).type["display"], load_look(look).type["display"]
    ink = set_line("H", choose_stack(own.role, "en", own.faces)).ink
    cap = load_face(choose_stack(usual.role, "en", usual.faces)[0]).cap
    assert ink.height <= cap * 1.01
    assert ink.height >= cap * 0.93 or set_line("Hdgjpqy", (own.faces[0],)).ink.height > EM, "it reaches far"


def test_letters_that_a_font_lacks_are_set_in_the_look_s_own_type(plain: Path) -> None:
    assert list_faces("The crumb", "paper", plain) == ["own"]
    assert list_faces("The žluť crumb", "paper", plain) == ["own", "alegreya-500"]
    assert list_faces("The crumb—fresh", "paper", plain) == ["own", "alegreya-500"], "a dash alone is set in another"
    assert list_faces("خبز", "paper", plain) == ["amiri"]


def test_small_words_keep_the_look_s_own_type() -> None:
    assert (
        list_faces("Terms", "noir", POSTER, "label") == list_faces("Terms", "noir", POSTER, "address") == ["inter-500"]
    )
    assert list_faces("crumb.example", "riso", POSTER, "address") == ["own"], "the look sets it in its display face"
    for kind in ("display", "italic", "title", "number"):
        assert list_faces("Crumb", "noir", POSTER, kind) == ["own"]


def test_titles_over_footage_are_set_in_the_font() -> None:
    def title(font: Path | None) -> bytes:
        words = {"line": "Made by hand"}
        drawn = draw_title(words, "hook", 0, 30, 0, size=(320, 180), language="en", look="slam", font=font)
        return b"".join(one.image_png for one in drawn)

    assert title(None) != title(SERIF) != title(POSTER)
    assert title(POSTER) == title(None), "it is Slam's own face, at its own size"


def test_a_face_in_use_stays_while_other_fonts_come_and_its_file_is_read_once() -> None:
    usual = load_face("inter-500")
    first = add_own_face(SERIF, usual)
    others = [add_own_face(POSTER, replace(usual, cap=usual.cap / (1 + n / 100))) for n in range(1, 24)]
    used = load_face(first)
    others.append(add_own_face(POSTER, replace(usual, cap=usual.cap / 2)))
    assert len(set(others)) == 24 and load_face(first) is used
    assert load_face(others[-1]).font is load_face(others[-2]).font, "one file is read once for all its sizes"
