"""Lines are shaped with faces that cover them, in both directions, and fitted into boxes."""

from __future__ import annotations

import math
import re
import shutil
import subprocess
import sys
from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace

import pytest
import regex
from hypothesis import given, settings
from hypothesis import strategies as st

from reelwright.errors import BadInput, MissingGlyphs, ToolMissing
from reelwright.media.base.skia_loader import load_skia
from reelwright.media.emblems import FACE
from reelwright.media.letters.word_styles import mark_styles, strip_styles
from reelwright.media.staging.lines import compute_pitched_tops, split_closer
from reelwright.media.typeset import (
    EM,
    balance_lines,
    choose_stack,
    clean_text,
    fit_block,
    fit_stack,
    make_path,
    set_line,
    split_graphemes,
    split_units,
    to_capitals,
)
from reelwright.media.typeset.face_choice import find_missing
from reelwright.media.typeset.faces import FONTS, list_faces, load_face

skia = load_skia()
ALPHABETS = {
    "en": "aAzZ09.,!?%&$€ “”–—'’",
    "bg": "агдклптцщЪЮя .,!№",
    "ru": "абвгжщыэюяЁ 5,",
    "el": "αβγδάέήΐΰώΣς ;·",
    "vi": "ăâđêôơưếộữỹ ,.",
    "ar": "ابتثجحخدعغفقكلمنهوي ،؟ لا 09 ٠١ Ab",
    "he": "אבגדהוזחטיךםןףץ ,. 12 Az",
    "hi": "कखगघचजटडतनपमयरलवशसहािीुेैोौंँ्र ।",
    "th": "กขคงจชดตถทนบปพมยรลวสหอะาิีึืุูเแโใไ่้",
    "ja": "あいうえおカキクケコー。、日本語膝覚 Ab",
    "zh": "你的膝盖记得走过每一步，。！ Ab",
    "ko": "가나다라마바사무릎기억 ,.",
}
UNSEEN = regex.compile(r"[\p{White_Space}\p{Cf}\p{Cc}]")


@st.composite
def words_of_a_language(draw: st.DrawFn) -> tuple[str, str]:
    language = draw(st.sampled_from(sorted(ALPHABETS)))
    return draw(st.text(alphabet=ALPHABETS[language], min_size=1, max_size=24)), language


@given(words_of_a_language(), st.sampled_from(["display", "label", "caption"]))
@settings(max_examples=250, deadline=None)
def test_every_visible_character_is_drawn_by_a_glyph_with_ink(given: tuple[str, str], role: str) -> None:
    text, language = given
    line = set_line(text, choose_stack(role, language), language=language)
    drawn = {}
    for glyph in line.glyphs:
        assert glyph.number != 0 or UNSEEN.match(line.text[glyph.cluster])
        outline = glyph.face.typeface is not None and _has_ink(glyph.face.name, glyph.number)
        drawn[glyph.cluster] = drawn.get(glyph.cluster, False) or outline
    starts = sorted({glyph.cluster for glyph in line.glyphs})
    for start, end in pairwise([*starts, len(line.text)]):
        if not all(UNSEEN.match(c) for c in line.text[start:end]):
            assert drawn[start], (text, line.text[start:end])


def _has_ink(name: str, number: int) -> bool:
    from reelwright.media.typeset.faces import get_outline

    return not get_outline(load_face(name), number).isEmpty()


@given(words_of_a_language())
@settings(max_examples=120, deadline=None)
def test_ink_bounds_are_those_of_the_path(given: tuple[str, str]) -> None:
    text, language = given
    line = set_line(text, choose_stack("caption", language), language=language)
    bounds = make_path(line, EM).computeTightBounds()
    if line.ink.width:
        found = (bounds.left(), bounds.top(), bounds.right(), bounds.bottom())
        wanted = (line.ink.left, line.ink.top, line.ink.right, line.ink.bottom)
        assert found == pytest.approx(wanted, abs=1.0)


def test_a_line_without_its_letters_in_the_first_face_goes_whole_to_the_next() -> None:
    mixed = set_line("Strida пътува", ("anton", "sofia-extra-condensed-900"), language="bg")
    assert {glyph.face.name for glyph in mixed.glyphs} == {"sofia-extra-condensed-900"}


def test_a_line_that_no_face_covers_whole_changes_face_between_words_only() -> None:
    line = set_line("Buy Купи", ("anton", "noto-jp-900", "oswald-700"), language="ru")
    assert len({glyph.face.name for glyph in line.glyphs}) == 1
    split = set_line("買う Șapte", ("anton", "noto-jp-900"), language="ja")
    by_word = [{g.face.name for g in split.glyphs if (g.cluster < 3) == first} for first in (True, False)]
    assert [len(names) for names in by_word] == [1, 1]


def test_a_joined_word_is_never_split_between_faces() -> None:
    line = set_line("سلام日本", ("lalezar", "noto-jp-700"), language="ar")
    arabic = {g.face.name for g in line.glyphs if g.cluster < 4}
    assert arabic == {"lalezar"}
    assert {g.face.name for g in line.glyphs} == {"lalezar", "noto-jp-700"}


def test_what_cannot_be_drawn_is_refused_by_name() -> None:
    with pytest.raises(MissingGlyphs) as refused:
        set_line("Price 5 ៛ only", choose_stack("caption", "en"))
    assert refused.value.code == "glyphs_missing" and "Price 5" in refused.value.params["line"]
    assert ["KHMER CURRENCY SYMBOL RIEL" in character for character in refused.value.params["characters"]] == [True]
    assert find_missing("Price 5 ៛ ៛", choose_stack("caption", "en")) == ("៛",)
    assert find_missing("Price 5 €", choose_stack("caption", "en")) == ()


def test_bulgarian_text_gets_bulgarian_letters_and_russian_text_does_not() -> None:
    for role in ("display", "caption"):
        stack = choose_stack(role, "bg")
        bulgarian = [g.number for g in set_line("дигитл", stack, language="bg").glyphs]
        russian = [g.number for g in set_line("дигитл", stack, language="ru").glyphs]
        assert bulgarian != russian


def test_tracking_parts_latin_letters_and_never_joined_ones() -> None:
    stack = choose_stack("display", "ar")
    assert set_line("KNEES", stack, tracking=50).advance == pytest.approx(set_line("KNEES", stack).advance + 4 * 50)
    assert set_line("سلام", stack, tracking=50) == set_line("سلام", stack)
    assert set_line("घुटने", choose_stack("display", "hi"), tracking=50).advance == pytest.approx(
        set_line("घुटने", choose_stack("display", "hi")).advance
    )


def test_mixed_directions_are_seen_in_the_order_of_the_standard() -> None:
    line = set_line("السعر 30 USD فقط", choose_stack("caption", "ar"), language="ar")
    assert line.is_rtl
    order = [line.text[g.cluster] for g in line.glyphs if not UNSEEN.match(line.text[g.cluster])]
    seen = "".join(order)
    assert seen.index("3") < seen.index("0"), "a number reads from left to right"
    assert seen.index("U") < seen.index("S") < seen.index("D")
    assert seen.index("ط") < seen.index("3") < seen.index("ا") or seen.endswith("ا")


def test_emoji_are_one_grapheme_and_stand_in_the_emoji_face() -> None:
    line = set_line("Go 👨‍👩‍👧‍👦!", choose_stack("caption", "en"))
    assert [g.face.name for g in line.glyphs] == ["inter-600"] * 3 + ["noto-emoji", "inter-600"]
    assert split_graphemes("👍🏽a") == ["👍🏽", "a"]
    assert clean_text("👍🏽") == "👍"


@pytest.mark.parametrize(
    ("text", "language", "wanted"),
    [
        ("istanbul ışık", "tr", "İSTANBUL IŞIK"),
        ("istanbul", "en", "ISTANBUL"),
        ("Straße", "de", "STRASSE"),
        ("Μάιος ή Ιούνιος", "el", "ΜΑΪΟΣ Ή ΙΟΥΝΙΟΣ"),
        ("Προϋπόθεση ΐ", "el", "ΠΡΟΫΠΟΘΕΣΗ Ϊ"),
        ("топли", "bg", "ТОПЛИ"),
        ("سلام 膝", "ar", "سلام 膝"),
    ],
)
def test_capitals_are_those_of_the_language(text: str, language: str, wanted: str) -> None:
    assert to_capitals(text, language) == wanted


@given(st.lists(st.text(alphabet="abcdefgh", min_size=1, max_size=9), min_size=1, max_size=16), st.integers(1, 5))
@settings(max_examples=120, deadline=None)
def test_a_block_holds_every_word_in_order_and_stays_in_its_box(words: list[str], lines: int) -> None:
    block = fit_block(" ".join(words), ("anton",), 865, 500, max_lines=lines, max_size=300)
    assert " ".join(line.text for line in block.lines).split() == words
    assert len(block.lines) <= lines
    assert block.width <= 865.5 and block.height <= 500.5 and block.size <= 300


@given(st.lists(st.text(alphabet="abcdefgh", min_size=1, max_size=9), min_size=1, max_size=10))
@settings(max_examples=80, deadline=None)
def test_every_row_of_a_stack_is_as_wide_as_asked_or_all_are_scaled_alike(words: list[str]) -> None:
    made = fit_stack(" ".join(words), ("anton",), 865, 938, gap=26)
    assert " ".join(row.line.text for row in made.rows).split() == words
    widths = [row.line.ink.width * row.size / EM for row in made.rows]
    assert all(width == pytest.approx(865 * made.scale, rel=1e-6) for width in widths)
    assert made.height <= 939 or made.scale == 0.05


def test_a_line_breaks_at_the_sentence_and_never_between_number_and_unit() -> None:
    stack = choose_stack("display", "en")
    block = fit_block("RUN 30 DAYS. KEEP OR RETURN.", stack, 865, 520, max_lines=3)
    assert [line.text for line in block.lines] == ["RUN 30 DAYS.", "KEEP OR RETURN."]
    for size in range(200, 900, 50):
        lines = fit_block("PAY $ 30 USD A MONTH OR 9 KM MORE", stack, size, 900, max_lines=5).lines
        assert not any(line.text.endswith(("$", "30", "9")) for line in lines)


def test_a_price_that_ends_a_sentence_ends_its_line_and_stays_with_its_thing() -> None:
    stack = choose_stack("label", "en")
    block = fit_block("Family ticket €18. Under threes free.", stack, 700, 600, max_lines=3)
    assert [line.text for line in block.lines] == ["Family ticket €18.", "Under threes free."]
    german = fit_block("Ab 19. Juni fährt die Fähre wieder.", stack, 300, 900, max_lines=4, language="de")
    assert not any(line.text.endswith("19.") for line in german.lines)


@pytest.mark.parametrize(
    ("text", "language", "width", "lines"),
    [
        ("Every loaf is shaped by hand.", "en", 865, 4),
        ("Ab 1. März fährt die Elbfähre wieder.", "de", 900, 4),
        ("I get home before my children do.", "en", 900, 4),
        ("We are hiring.", "en", 800, 3),
        ("Общо събрание: 14 март, 18:00", "bg", 900, 3),
    ],
)
def test_no_short_word_stands_alone_beside_a_long_line(text: str, language: str, width: float, lines: int) -> None:
    """Bakery, ferry, clinic, cooperative (2026-11-26): "Every | loaf", "fährt" alone, "We | are hiring."."""
    block = fit_block(text, choose_stack("display", language), width, 900, max_lines=lines, language=language)
    widest = max(line.ink.width for line in block.lines)
    assert [line.text for line in block.lines if " " not in line.text and line.ink.width < 0.5 * widest] == []
    assert not {line.text.split()[-1].casefold() for line in block.lines[:-1]} & {"the", "a", "die", "by", "my"}


@pytest.mark.parametrize("text", ["St. Brannoc's Hospital", "Dr. Priya Nair", "J. Alvarez Joinery"])
def test_an_abbreviation_stays_with_its_name(text: str) -> None:
    for width in (300, 400, 500, 700):
        block = fit_block(text, choose_stack("display", "en"), width, 300, max_lines=2)
        assert not block.lines[0].text.endswith("."), [line.text for line in block.lines]


def test_a_long_word_breaks_after_its_hyphen_where_it_becomes_larger_for_it() -> None:
    block = fit_block("and left with a fourteen-year-old.", choose_stack("label", "en"), 500, 900, max_lines=5)
    assert [line.text for line in block.lines if line.text.endswith("-")], "the line stays small for one word"
    wide = fit_block("with a fourteen-year-old.", choose_stack("label", "en"), 1800, 200, max_lines=3)
    assert len(wide.lines) == 1
    numbers = ("0341-5550-142142", "lindqvist-houses.example", "2024-2025-edition", "straße-nummer 12")
    for whole in (*numbers, "Bergström-Haverkamp"):
        assert [unit.text for unit in split_units(whole)] == whole.split(), whole


def test_a_bar_is_the_only_break_where_there_is_one() -> None:
    block = fit_block("KEEP OR|RETURN", ("anton",), 2000, 900, max_lines=1)
    assert [line.text for line in block.lines] == ["KEEP OR", "RETURN"]


def test_a_brand_and_a_sign_after_a_space_stay_with_their_words() -> None:
    assert [u.text for u in split_units("Only Strida One today", "en", keep=("Strida One",))] == [
        "Only",
        "Strida One",
        "today",
    ]
    assert [u.text for u in split_units("Prix : 30 € !", "fr")] == ["Prix :", "30", "€ !"]


def test_signs_of_a_style_stay_with_their_words_where_no_spaces_stand() -> None:
    words = mark_styles("一泊二食 **二万八千円** から")
    units = [unit.text for unit in split_units(words, "ja")]
    assert "".join(units) == words.replace(" ", "")
    assert [strip_styles(unit) for unit in units] == [unit.text for unit in split_units(strip_styles(words), "ja")]
    assert fit_stack(words, choose_stack("display", "ja"), 600, 700, gap=34, max_lines=4, language="ja")


def test_japanese_breaks_between_phrases_and_keeps_kinsoku() -> None:
    for text, language in (
        ("あなたの膝は、一歩ごとに「覚えている」。", "ja"),
        ("你的膝盖记得你走过的每一步，每一天。", "zh"),
        ("หัวเข่าของคุณจำได้", "th"),
    ):
        parts = split_units(text, language)
        assert len(parts) > 2
        assert "".join(u.text for u in parts) == text
        assert not any(u.text[0] in "、。」，ー" for u in parts)
        assert not any(u.text[-1] in "「（" for u in parts)
    assert "Strida" in [u.text for u in split_units("Strida 覚えている", "ja")]


def test_text_without_ink_is_refused_where_a_size_would_be_infinite() -> None:
    for text in ("", " ", "|", "\u3000"):
        with pytest.raises(BadInput):
            fit_block(text, ("inter-600",), 100, 100)
    with pytest.raises(ToolMissing) as missing:
        load_face("helvetica")
    assert missing.value.code == "font_missing" and missing.value.params["file"] == "helvetica.ttf"


def test_running_text_is_balanced_without_an_orphan() -> None:
    stack = choose_stack("caption", "en")
    lines = balance_lines("The average office chair costs you four hours of sleep a week.", stack, 50, 1300, 2)
    assert lines is not None
    assert [line.text for line in lines] == ["The average office chair costs", "you four hours of sleep a week."]
    assert balance_lines("word " * 80, stack, 50, 400, 2) is None


def test_every_bundled_face_loads_and_has_a_space() -> None:
    """One without would set a box between two of its signs; the emblems are no text."""
    assert len(list_faces()) == 37
    for name in list_faces():
        of = load_face(name)
        if name == FACE:
            continue
        assert of.units > 0 and len(of.characters) > 400 and ord(" ") in of.characters
        assert not math.isnan(of.cap)


def test_setting_a_line_again_gives_the_same_numbers() -> None:
    first = set_line("Your knees keep score", choose_stack("display", "en"))
    set_line.cache_clear()
    assert set_line("Your knees keep score", choose_stack("display", "en")) == first


def test_the_bundled_faces_stay_small_and_are_all_that_their_script_makes() -> None:
    source = (Path(__file__).parents[2] / "tools" / "fonts" / "build.py").read_text(encoding="utf-8")
    assert set(re.findall(r'^    "([a-z0-9-]+)": Made\(', source, re.MULTILINE)) == set(list_faces())
    assert sum(path.stat().st_size for path in FONTS.glob("*.ttf")) <= 14_900_000, "each look brings its own faces"


def test_a_captions_pixels_do_not_depend_on_the_systems_fonts() -> None:
    if not shutil.which("unshare") or subprocess.run(["unshare", "-rm", "true"], capture_output=True).returncode:
        pytest.skip("this machine allows no mount namespace")
    draw = (
        "import hashlib; from reelwright.media.words.captions import draw_captions;"
        "print(hashlib.sha256(draw_captions([{'text':'Топли 膝 سلام 🔥','start':0,'length':1,'elapsed':0}],[],"
        "size=(640,360),language='bg',look='slam',style='clean')[0].image_png).hexdigest())"
    )
    hide = "".join(
        f"mount -t tmpfs none {folder};" for folder in ("/usr/share/fonts", "/etc/fonts") if Path(folder).is_dir()
    )
    seen = [
        subprocess.run(
            ["unshare", "-rm", "sh", "-c", f'{hidden} exec "$0" -c "$1"', sys.executable, draw],
            capture_output=True,
            text=True,
            timeout=60,
            env={"PYTHONPATH": str(Path(__file__).parents[2] / "src"), "PATH": "/usr/sbin:/usr/bin:/sbin:/bin"},
        )
        for hidden in ("", hide)
    ]
    assert seen[0].returncode == seen[1].returncode == 0, seen[1].stderr
    assert seen[0].stdout == seen[1].stdout != ""


def test_a_poster_stack_parts_words_of_two_and_three_wide_letters() -> None:
    """They counted as short words that must not fill a row, so that Japanese stood in one small line."""
    stack = choose_stack("display", "ja")
    made = fit_stack("またコーヒーが冷めた", stack, 800, 700, gap=34, max_lines=4, language="ja")
    assert [row.line.text for row in made.rows] == ["また", "コーヒーが", "冷めた"]
    one = fit_stack("またコーヒーが冷めた", stack, 800, 700, gap=34, max_lines=1, language="ja")
    assert made.height > 4 * one.height


def test_a_full_stop_of_a_day_or_an_abbreviation_ends_no_sentence() -> None:
    assert split_closer("Ab 1. März fährt die Fähre wieder.")[0] != "Ab 1."
    assert split_closer("Ask Dr. Ostrowski about it")[0] != "Ask Dr."
    assert split_closer("It began in 1911. Nobody slept.") == ("It began in 1911.", "Nobody slept.")


def test_lines_that_a_person_wrote_stand_apart_where_one_of_them_is_broken() -> None:
    def set_tops(*shown: str) -> list[float]:
        lines = [SimpleNamespace(ink=SimpleNamespace(text=one, top=-0.7), size=100) for one in shown]
        return compute_pitched_tops("Open house: Sunday 3 May|Sjövägen 18", lines, 100)  # type: ignore[arg-type]

    assert set_tops("Open house:", "Sunday 3 May", "Sjövägen 18") == pytest.approx([70, 170, 306])
    assert set_tops("Open house: Sunday 3 May", "Sjövägen 18") == pytest.approx([70, 170])
