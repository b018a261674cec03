"""The brand of a film: its colour and its logo, from an option or from the script."""

from __future__ import annotations

from pathlib import Path

import av
import numpy as np
import pytest
from PIL import Image

from reelwright import Studio
from reelwright.errors import BadInput
from reelwright.reel.film.plan import Plan
from reelwright.reel.graph.request import Request
from reelwright.settings import Settings
from reelwright.studio.batches.entries import build_rows
from reelwright.studio.runtime.scratch import open_scratch_folder

SCRIPT = "---\naccent: '#2244CC'\nlogo: mark.png\n---\n\n# Fenn\n\nA lamp that never flickers\n\n[Order at fenn.example](https://fenn.example)\n"
BRIEF = "Fenn, a lamp that never flickers. Order at fenn.example"
SMALL = {"short_side": 180}


def list_logos(plan: Plan) -> list[list[str]]:
    """The assets that are the logo, by shot."""
    requests = [shot.source for shot in plan.shots if isinstance(shot.source, Request)]
    return [[str(one.asset) for one in request.inputs if one.role == "logo"] for request in requests]


def list_accents(plan: Plan) -> set[str]:
    return {str(shot.source.extra["accent"]) for shot in plan.shots if isinstance(shot.source, Request)}


def test_a_logo_ends_the_film_and_a_colour_is_that_of_all_shots(empty: Settings, logo: Path) -> None:
    with Studio(empty) as studio:
        plan = studio.plan(BRIEF, logo=logo, accent="#2244cc", **SMALL).plan
        plain = studio.plan(BRIEF, **SMALL).plan
    assert len(plan.shots) > 1 and list_logos(plain) == [[]] * len(plan.shots)
    assert [len(one) for one in list_logos(plan)] == [0] * (len(plan.shots) - 1) + [1]
    assert list_accents(plan) == {"#2244CC"}


def test_a_script_names_colour_and_logo_and_an_option_wins_over_it(empty: Settings, logo: Path) -> None:
    script, other = logo.parent / "fenn.md", logo.parent / "other.png"
    script.write_text(SCRIPT)
    Image.new("RGB", (200, 200), (250, 10, 10)).save(other)
    with Studio(empty) as studio:
        written = studio.plan(script=script, **SMALL).plan
        typed = studio.plan(script=script, logo=other, accent="#00AA55", **SMALL).plan
        neither = studio.plan(script=script, logo="none", accent="none", **SMALL).plan
        script.write_text(SCRIPT.replace("mark.png", "none").replace("'#2244CC'", "none"))
        unmarked = studio.plan(script=script, **SMALL).plan
    assert list_accents(written) == {"#2244CC"} and list_accents(typed) == {"#00AA55"}
    assert list_logos(written)[-1] and list_logos(typed)[-1] and list_logos(written) != list_logos(typed)
    assert not any(list_logos(neither)) and not any(list_logos(unmarked))
    assert not any("accent" in one.source.extra for one in (*neither.shots, *unmarked.shots))  # type: ignore[union-attr]


def test_a_film_shows_its_logo_and_keeps_its_file(empty: Settings, logo: Path, tmp_path: Path) -> None:
    script = logo.parent / "fenn.md"
    script.write_text(SCRIPT.replace("A lamp that never flickers\n\n", ""))
    with Studio(empty) as studio:
        film = studio.make(script=script, **SMALL)
        studio.pull(film.project, tmp_path / "kept")
        again = studio.make(script=script, **SMALL)
        script.write_text(script.read_text().replace("logo: mark.png\n", ""))
        without = studio.plan(script=script, **SMALL).plan
    assert film.film and again.project == film.project
    last = read_last_frame(film.film.path)
    assert count_near(last, (20, 80, 200)) > 0.01 * last.shape[0] * last.shape[1]
    with Image.open(tmp_path / "kept" / "materials" / "mark.png") as kept:
        assert kept.size == (296, 86), "as a cut-out it is trimmed"
    assert not any(list_logos(without)), "a logo that the script names no more is gone"


def read_last_frame(path: Path) -> np.ndarray:
    with av.open(str(path)) as opened:
        *_, last = opened.decode(video=0)
        return last.to_ndarray(format="rgb24")


def count_near(frame: np.ndarray, colour: tuple[int, int, int]) -> int:
    """Count the pixels of a frame that have nearly this colour."""
    return int((np.abs(frame.astype(int) - colour).max(axis=2) < 24).sum())


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"accent": "red"}, "accent"),
        ({"logo": "nowhere.png"}, "logo"),
        ({"logo": __file__}, "logo"),
    ],
)
def test_what_is_no_colour_or_no_picture_is_refused(empty: Settings, given: dict[str, str], field: str) -> None:
    with Studio(empty) as studio, pytest.raises(BadInput, check=lambda error: error.field == field):
        studio.plan(BRIEF, **given)


@pytest.mark.parametrize("named", ["../mark.png", "none.png"])
def test_a_script_s_logo_is_a_file_of_its_folder(empty: Settings, logo: Path, named: str) -> None:
    script = logo.parent / "here" / "fenn.md"
    script.parent.mkdir()
    script.write_text(SCRIPT.replace("mark.png", named))
    with Studio(empty) as studio, pytest.raises(BadInput, check=lambda error: error.field == "fenn.md: logo"):
        studio.plan(script=script)


def test_a_logo_that_no_shot_can_show_is_told_of(empty: Settings, logo: Path) -> None:
    script = logo.parent / "fenn.md"
    filmed = "<!-- model: openrouter-kling-v3-std -->\n![A lamp on a desk at night]()\n"
    script.write_text(f"---\nlogo: mark.png\n---\n\n# Fenn\n\nIt never flickers\n\n---\n\n{filmed}")
    with Studio(empty) as studio:
        quote = studio.quote(script=script, **SMALL)
    assert any("mark.png: the logo is not shown" in note for note in quote.notes)


async def test_a_row_of_a_batch_finds_its_logo_beside_the_file(logo: Path) -> None:
    with open_scratch_folder() as scratch:
        entry = {"brief": BRIEF, "logo": "mark.png", **SMALL}
        (row,) = await build_rows([entry], scratch, Settings(home=logo.parent / "home"), beside=logo.parent)
    assert row.row.brief.logo and row.row.brief.logo.name == "mark.png"


def test_an_edit_gives_a_film_a_logo_and_another_and_draws_only_its_end_again(empty: Settings, logo: Path) -> None:
    with Studio(empty) as studio:
        film = studio.make(BRIEF, goal="cut", **SMALL)
        quote = studio.quote_edit(film.project, logo=logo)
        assert quote.micros == 0 and [step for step in quote.wanted_steps if step.startswith("take/")] != []
        assert len([step for step in quote.wanted_steps if step.startswith("take/")]) == 1, "only the last shot"
        studio.edit(film.project, logo=logo)
        marked = studio.read_plan(film.project).plan
        Image.new("RGB", (200, 200), (250, 10, 10)).save(logo)
        studio.edit(film.project, logo=logo, accent="#00AA55")
        other = studio.read_plan(film.project).plan
        again = studio.quote_edit(film.project, logo=logo)
    assert list_logos(marked)[-1] and not any(list_logos(marked)[:-1])
    assert list_logos(other)[-1] and list_logos(other) != list_logos(marked) and list_accents(other) == {"#00AA55"}
    assert "The film is so already: nothing changes." in again.notes


def test_an_edit_takes_logo_and_colour_out_of_a_film_and_draws_again_what_they_stood_on(
    empty: Settings, logo: Path
) -> None:
    with Studio(empty) as studio:
        film = studio.make(BRIEF, goal="cut", logo=logo, accent="#00AA55", **SMALL)
        quote = studio.quote_edit(film.project, logo="none")
        drawn = [step for step in quote.wanted_steps if step.startswith("take/")]
        assert quote.micros == 0 and len(drawn) == 1, "only the last shot"
        studio.edit(film.project, logo="none")
        bare = studio.read_plan(film.project).plan
        assert not any(list_logos(bare)) and list_accents(bare) == {"#00AA55"}
        studio.edit(film.project, accent="none")
        plain = studio.read_plan(film.project).plan
        studio.edit(film.project, length=12)
        longer = studio.read_plan(film.project).plan
        again = studio.quote_edit(film.project, logo="none")
    assert not any("accent" in one.source.extra for one in plain.shots if isinstance(one.source, Request))
    assert not any(list_logos(longer)), "another length brings no logo back"
    assert "The film is so already: nothing changes." in again.notes


def test_an_edit_with_a_logo_that_no_shot_can_show_says_so(empty: Settings, logo: Path, tmp_path: Path) -> None:
    Image.new("RGB", (640, 360), "green").save(tmp_path / "photo.png")
    with Studio(empty) as studio:
        film = studio.make(BRIEF, goal="plan", **SMALL)
        last = len(studio.show(film.project).shots)
        studio.edit(film.project, shot=last, image=tmp_path / "photo.png", words="", yes=True)
        quote = studio.quote_edit(film.project, logo=logo)
    assert any("mark.png: the logo is not shown" in note for note in quote.notes)


def list_emblems(plan: Plan) -> set[str]:
    return {str(shot.source.extra.get("emblem", "")) for shot in plan.shots if isinstance(shot.source, Request)}


def test_a_film_shows_an_emblem_of_its_words_and_a_script_names_another_or_none(
    empty: Settings, tmp_path: Path
) -> None:
    script = tmp_path / "fenn.md"
    text = "# Fenn\n\nThe dental practice at the harbour\n\n---\n\nOpen on Saturdays\n"
    with Studio(empty) as studio:
        found = []
        for setting in ("", "---\nemblem: ferry\n---\n\n", "---\nemblem: none\n---\n\n"):
            script.write_text(setting + text)
            found.append(list_emblems(studio.plan(script=script, **SMALL).plan))
        script.write_text("---\nemblem: gryphon\n---\n\n" + text)
        with pytest.raises(BadInput, match="tooth", check=lambda error: error.field == "fenn.md: emblem"):
            studio.plan(script=script, **SMALL)
    assert found == [{"tooth"}, {"ferry"}, {""}]


def test_an_edit_gives_a_film_another_emblem_and_draws_it_again_for_nothing(empty: Settings) -> None:
    with Studio(empty) as studio:
        film = studio.make(BRIEF, goal="plan", **SMALL)
        quote = studio.quote_edit(film.project, emblem="moon")
        assert quote.micros == 0
        studio.edit(film.project, emblem="moon")
        assert list_emblems(studio.read_plan(film.project).plan) == {"moon"}
        studio.edit(film.project, emblem="none")
        assert list_emblems(studio.read_plan(film.project).plan) == {""}
        with pytest.raises(BadInput, check=lambda error: error.field == "emblem"):
            studio.edit(film.project, emblem="gryphon")
