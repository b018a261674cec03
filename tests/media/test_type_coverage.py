"""What the bundled faces cover is known without opening one, and says the same as they do."""

from __future__ import annotations

import subprocess
import sys
from typing import get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from media.test_type_setting import ALPHABETS
from reelwright.errors import MissingGlyphs
from reelwright.media.letters.casing import to_capitals
from reelwright.media.letters.coverage import (
    COVERED,
    SCRIPTS,
    TABLE,
    build_table,
    find_script,
    find_uncovered,
    name_characters,
)
from reelwright.media.letters.stacks import Role, choose_stack
from reelwright.media.typeset import set_line
from reelwright.media.typeset.faces import list_faces, load_face

SAMPLES = {
    "Latin": "Grüße, žluťoučký kůň, Nguyễn", "Greek": "Καλημέρα", "Cyrillic": "Добро утро, щастие, їжак",
    "Arabic": "صباح الخير، صبح به‌خیر، پنیر و گل، خوش آمدید، ٹھیک ہے",
    "Hebrew": "בוקר טוב", "Devanagari": "सुप्रभात", "Thai": "สวัสดีตอนเช้า",
    "Chinese": "早上好，欢迎光临", "Japanese": "おはようございます、朝のパン", "Korean": "좋은 아침입니다",
}  # fmt: skip
OTHERS = {
    "வணக்கம்": "Tamil", "সুপ্রভাত": "Bengali", "დილა": "Georgian", "Բարի լույս": "Armenian", "អរុណសួស្តី": "Khmer",
    "ສະບາຍດີ": "Lao", "සුබ උදෑසනක්": "Sinhala", "శుభోదయం": "Telugu", "ማለዳ": "Ethiopic", "မင်္ဂလာပါ": "Myanmar",
}  # fmt: skip


def test_the_table_is_what_the_bundled_fonts_hold() -> None:
    told = "run tools/fonts/coverage.py: the fonts have changed"
    assert TABLE.read_text(encoding="ascii") == build_table(
        {name: load_face(name).characters for name in list_faces()}
    ), told


@pytest.mark.parametrize("script", SCRIPTS)
def test_every_script_that_is_called_covered_is(script: str) -> None:
    assert find_uncovered([SAMPLES[script]], "ja" if script == "Japanese" else "en") == ()
    assert script in COVERED


@pytest.mark.parametrize(("text", "script"), OTHERS.items())
def test_letters_of_a_script_without_a_face_are_named_with_it(text: str, script: str) -> None:
    found = find_uncovered(["Good morning", text])
    assert found and "".join(found)[0] == text[0]
    assert {find_script(one) for one in found} == {script}
    assert name_characters(found).endswith(f"({script})") and text[0] in name_characters(found)


def test_each_character_is_named_once_and_a_long_row_is_cut() -> None:
    assert find_uncovered(["აბა", "ბა"]) == ("ა", "ბ")
    assert name_characters(find_uncovered(["აბგდევზთიკ", "க"])) == "ა ბ გ დ ე ვ ზ თ … (Georgian), க (Tamil)"
    assert name_characters(find_uncovered(["🇧🇬"])) == "🇧🇬 (flags of countries)"


def test_emoji_marks_and_signs_that_faces_have_are_covered() -> None:
    assert find_uncovered(["60 °C · 20 % — “yes” №5 €9.90 👩‍👩‍👧‍👦🌶️🔥"]) == ()


@given(
    st.text(
        st.sampled_from([*"".join(ALPHABETS.values()), *"".join(OTHERS), *"★→✓ßŉǰ\u0323\u0308ټڼ🔥🇧繁😀"]), max_size=12
    ),
    st.sampled_from(sorted(ALPHABETS)),
)
@settings(max_examples=300, deadline=None)
def test_what_is_called_covered_can_be_set_and_nothing_else(text: str, language: str) -> None:
    covered = not find_uncovered([text], language)
    assert covered == all(
        _sets(said, role, language) for role in get_args(Role) for said in (text, to_capitals(text, language))
    )


def _sets(text: str, role: Role, language: str) -> bool:
    try:
        set_line(text, choose_stack(role, language), language=language)
    except MissingGlyphs:
        return False
    return True


def test_asking_loads_neither_a_font_nor_a_drawing_library() -> None:
    script = (
        f"import sys; from reelwright.media.letters.coverage import {find_uncovered.__name__} as find;"
        "assert find(['Hello வணக்கம்']); print(sorted({'skia', 'uharfbuzz', 'numpy', 'av'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", script], check=True, capture_output=True, text=True)
    assert done.stdout.strip() == "[]"
