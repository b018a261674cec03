"""Figures in a script: neighbours gather on one board as long as they were apart, and a table becomes a chart."""

from __future__ import annotations

from fractions import Fraction

import pytest

from planner.test_screens import plan_of
from reelwright.documents.read import read_script
from reelwright.documents.write import write_script
from reelwright.errors import BadInput
from reelwright.planner.edits.rewording import set_words
from reelwright.planner.grammar import check
from reelwright.planner.rules import plan_without_models
from reelwright.planner.screens.plan_script import write_plan_script
from reelwright.reel.film.brief import Brief
from reelwright.reel.film.plan import Plan
from reelwright.reel.film.written_numbers import read_values

APART = "**40 %** less sugar\n\n---\n\n**12** flavours\n\n---\n\n**3** sizes"
TOGETHER = "**40 %** less sugar\n\n**12** flavours\n\n**3** sizes"
BOARD = "**40 %** less sugar | **12** flavours | **3** sizes"
TABLE = "| Year | Bowls |\n|---|---|\n{rows}\n<!-- {chart} -->"


def list_boards(plan: Plan) -> list[str]:
    return [shot.words["figures"] for shot in plan.shots if "figures" in shot.words]


def plan_table(rows: str, chart: str = "chart") -> Plan:
    return plan_of(TABLE.format(rows=rows, chart=chart))


def test_neighbouring_figures_gather_on_one_board_that_lasts_about_as_long_as_they_did() -> None:
    plan, apart = plan_of(f"{TOGETHER}\n\nTaste it."), plan_of(f"{APART}\n\nTaste it.")
    assert list_boards(plan) == [BOARD] and list_boards(apart) == []
    assert plan.shots[0].length == pytest.approx(sum(shot.length for shot in apart.shots[:3]), rel=0.25)
    assert [one for one in check(plan) if one.rule.startswith(("0", "4"))] == []


@pytest.mark.parametrize("seconds", [8, 12, 20])
def test_a_film_with_a_board_has_the_length_that_is_asked_for(seconds: int) -> None:
    plan = plan_of(f"{TOGETHER}\n\nTaste it.", length_ms=seconds * 1000)
    assert abs(plan.seconds - seconds) <= Fraction(1, 30) and list_boards(plan) == [BOARD]


@pytest.mark.parametrize(
    "text",
    [
        APART,
        "**40 %** less sugar",
        "**40 %**\n\n**12**",
        "**40 %** less sugar\n\n<!-- length: 3 s -->\n**12** flavours",
        "**40 %** less sugar\n\n<!-- beat: offer -->\n**12** flavours",
        "**40 %** less sugar\n\n<!-- legal -->\nTested in Ghent.\n\n**12** flavours",
        "**40 %** less sugar\n\nand\n\n**12** flavours",
        "**40 %** less sugar\n\n> In a voice.\n\n**12** flavours",
        "**12** bottles of **each** kind\n\n**3** ~~4~~ sizes",
    ],
)
def test_figures_that_the_script_keeps_apart_stay_apart(text: str) -> None:
    assert list_boards(plan_of(text)) == []


def test_more_figures_than_a_board_holds_make_boards_of_equal_size() -> None:
    plan = plan_of("\n\n".join(f"**{n}** things of kind {n}" for n in range(1, 8)))
    assert [board.count("|") + 1 for board in list_boards(plan)] == [4, 3]
    long = plan_of("\n\n".join(f"**{n}** things that need words of many letters to say" for n in range(1, 6)))
    assert all(len(board) < 240 for board in list_boards(long)) and len(list_boards(long)) > 1


def test_nothing_stands_twice_on_a_board() -> None:
    plan = plan_of(f"{TOGETHER}\n\n**12** flavours")
    assert list_boards(plan) == [BOARD] and dict(plan.shots[1].words) == {"number": "12", "label": "flavours"}


def test_small_print_of_the_last_figure_stands_on_the_board() -> None:
    plan = plan_of(f"{TOGETHER}\n\n<!-- legal -->\nTested in Ghent.")
    assert dict(plan.shots[0].words) == {"figures": BOARD, "source": "Tested in Ghent."}


def test_a_film_of_figures_is_written_back_and_planned_the_same() -> None:
    text = f"Hello.\n\n---\n\n{TOGETHER}\n\n---\n\n" + TABLE.format(
        rows="| 2023 | 3 |\n| 2024 | 5 |", chart="chart: line"
    )
    plan = plan_of(text)
    written = write_plan_script(plan)
    assert plan_of(written, plan).shots == plan.shots
    assert write_script(read_script(written)).strip() == written.strip()


@pytest.mark.parametrize(
    ("rows", "chart", "kind"),
    [
        ("| Ghent | 12 |\n| Sofia | 30 |", "chart", "bar"),
        ("| 2022 | 12 |\n| 2023 | 30 |\n| 2024 | 25 |", "chart", "line"),
        ("| Nov | 12 |\n| Dec | 30 |\n| Jan | 25 |", "chart", "line"),
        ("| März 2024 | 12 |\n| April 2024 | 30 |\n| Mai 2024 | 25 |", "chart", "line"),
        ("| 1月 | 12 |\n| 2月 | 30 |\n| 3月 | 25 |", "chart", "line"),
        ("| 2024 | 12 |\n| 2023 | 30 |\n| 2022 | 25 |", "chart", "bar"),
        ("| 2022 | 12 |\n| 2023 | 30 |\n| 2024 | 25 |", "chart: bar", "bar"),
        ("| Clay | 62,5 % |\n| Ash | 37,5 % |", "chart", "ring"),
        ("| Clay | 62 % |\n| Ash | 30 % |", "chart", "bar"),
        ("| of guests | 87 % |", "chart", "ring"),
        ("| Ev | %60 |\n| Araba | %40 |", "chart", "ring"),
        ("| Clay | 62 % |\n| Ash | 38 % |", "chart: bar", "bar"),
    ],
)
def test_a_table_is_drawn_as_what_its_rows_are(rows: str, chart: str, kind: str) -> None:
    words = plan_table(rows, chart).shots[0].words
    assert words["chart"] == kind and (words["kicker"], words["label"]) == ("Year", "Bowls")
    pairs = [row.strip("| ").split(" | ") for row in rows.split("\n")]
    assert words["figures"] == " | ".join(f"{label} **{number}**" for label, number in pairs)


@pytest.mark.parametrize(
    ("rows", "chart"),
    [
        ("| Ghent | 12 km |\n| Sofia | 30 m |", "chart"),
        ("| Ghent | −12 |\n| Sofia | 30 |", "chart"),
        ("| Ghent | 3–5 |\n| Sofia | 30 |", "chart"),
        ("| Ghent | many |\n| Sofia | 30 |", "chart"),
        ("| Ghent | 12 | 3 |", "chart"),
        ("| Ghent | 12 |", "chart"),
        ("| Clay | 62 % |\n| Ash | 30 % |", "chart: ring"),
        ("| Clay | 62 |\n| Ash | 38 |", "chart: pie"),
        ("| Ghent | |\n| Sofia | 30 |", "chart"),
    ],
)
def test_a_table_that_cannot_be_drawn_is_refused_with_its_line(rows: str, chart: str) -> None:
    with pytest.raises(BadInput) as refused:
        plan_table(rows, chart)
    assert refused.value.field.startswith("script.md line ") and refused.value.accepted


def test_a_comment_for_a_chart_belongs_to_a_table_under_or_above_it() -> None:
    table = "| Year | Bowls |\n|---|---|\n| Ghent | 12 |\n| Sofia | 30 |"
    for text in (
        f"{table}\n<!-- chart -->",
        f"{table}\n\n<!-- chart -->\n\nAfter",
        f"<!-- chart -->\n{table}\n\nAfter",
    ):
        assert plan_of(text).shots[0].words["chart"] == "bar"
    for text in ("Words.\n\n<!-- chart -->\nOthers.", "<!-- chart -->\n# Name", "Words.\n\n<!-- chart -->", table):
        with pytest.raises(BadInput):
            read_script(text)


@pytest.mark.parametrize(
    ("written", "values"),
    [
        (["1.250", "900"], [1250, 900]),
        (["1.250", "0.75"], [Fraction(5, 4), Fraction(3, 4)]),
        (["€1,284.50", "€2"], [Fraction(2569, 2), 2]),
        (["2 400 kg", "300 kg"], [2400, 300]),
        (["٣٨", "١٢٫٥"], [38, Fraction(25, 2)]),
        (["12 万", "3 万"], [12, 3]),
        (["12 %", "5"], None),
        (["1:30", "2:45"], None),
        (["٩٠٠", "١,٢٥٠"], [900, 1250]),
        (["54 m2", "30 m2"], [54, 30]),
        (["-€5", "-€3"], None),
        (["(5)", "(3)"], None),
    ],
)
def test_numbers_are_read_as_they_are_meant(written: list[str], values: list[Fraction] | None) -> None:
    assert read_values(written) == (None if values is None else tuple(values))


def test_a_name_that_is_heard_over_its_own_screen_alone_stays_so() -> None:
    brief = 'An advert for "Fenn", a desk lamp. "It never hums." 2,000 lamps a year. 340 refills. Order at fenn.example'
    made = plan_without_models(Brief(text=brief, voice="eleven_v3:Ana", models=("openrouter-kling-v3-std",))).plan
    assert [len(beat.shots) for beat in made.beats if beat.name == "reveal"] == [1]


def test_a_row_that_lost_its_strong_words_is_written_back_as_it_is_drawn() -> None:
    plan = plan_of(f"Hello.\n\n{TOGETHER}")
    edited = set_words(plan, plan.shots[1].id, {"figures": "200 happy customers | **12** flavours"})
    assert "**200 happy customers**" in write_plan_script(edited)


def test_figures_that_are_taken_out_take_their_chart_along() -> None:
    plan = plan_table("| Ghent | 12 |\n| Sofia | 30 |")
    edited = set_words(plan, plan.shots[0].id, {"figures": "", "number": "5", "label": "", "kicker": ""})
    assert dict(edited.shots[0].words) == {"number": "5"}
    assert "**5**" in write_plan_script(edited)


@pytest.mark.parametrize(
    "words",
    [
        {"figures": "A **60 %** | B **20 %**"},
        {"figures": "A **60 %** | B **40 km**"},
        {"figures": "A **0 %** | B **0 %**"},
        {"figures": "only words"},
        {"chart": "pie"},
    ],
)
def test_an_edit_that_no_chart_can_show_is_refused(words: dict[str, str]) -> None:
    plan = plan_table("| Clay | 60 % |\n| Ash | 40 % |")
    with pytest.raises(BadInput):
        set_words(plan, plan.shots[0].id, words)


def test_a_board_has_no_words_of_a_chart() -> None:
    plan = plan_of(f"Hello.\n\n{TOGETHER}")
    with pytest.raises(BadInput):
        set_words(plan, plan.shots[1].id, {"kicker": "City"})


LIST = "- Rye sourdough\n- Butter plait\n- Poppy seed rolls"


def test_short_items_of_a_list_stand_together_on_one_screen() -> None:
    plan = plan_of(f"Hello.\n\n{LIST}\n\nTaste it.")
    assert list_boards(plan) == ["Rye sourdough | Butter plait | Poppy seed rolls"]
    apart = plan_of("Hello.\n\nRye sourdough\n\nButter plait\n\nPoppy seed rolls\n\nTaste it.")
    assert plan.shots[1].length < sum(shot.length for shot in apart.shots[1:4])
    assert [one for one in check(plan) if one.rule.startswith(("0", "4"))] == []


@pytest.mark.parametrize(
    "text",
    [
        "- Rye sourdough\n- Butter plait",
        "- Rye sourdough\n- **Butter** plait\n- Poppy seed rolls",
        "- Rye sourdough that is kneaded for an hour and sleeps twice\n- Butter plait\n- Poppy seed rolls",
        "<!-- beat: brand -->\n- Rye sourdough\n- Butter plait\n- Poppy seed rolls",
        "- Rye sourdough\n\n---\n\n- Butter plait\n\n---\n\n- Poppy seed rolls",
        "- Rye sourdough\n\n> In a voice.\n\n- Butter plait\n- Poppy seed rolls",
        "Rye sourdough\n\nButter plait\n\nPoppy seed rolls",
    ],
)
def test_items_that_need_a_screen_of_their_own_keep_it(text: str) -> None:
    assert list_boards(plan_of(f"Hello.\n\n{text}\n\nTaste it.")) == []


def test_more_items_than_a_screen_holds_make_lists_of_equal_size() -> None:
    plan = plan_of("Hello.\n\n" + "\n".join(f"- Thing {name}" for name in "abcdefg") + "\n\nTaste it.")
    assert [board.count("|") + 1 for board in list_boards(plan)] == [4, 3]


def test_a_list_is_written_back_as_a_list_also_after_an_edit() -> None:
    plan = plan_of(f"Hello.\n\n---\n\n{LIST}\n\n---\n\nTaste it.")
    assert LIST.splitlines() == [line for line in write_plan_script(plan).splitlines() if line.startswith("- ")]
    edited = set_words(plan, plan.shots[1].id, {"figures": "Rye | Spelt | Poppy seed rolls"})
    written = [line for line in write_plan_script(edited).splitlines() if line.startswith("- ")]
    assert written == ["- Rye", "- Spelt", "- Poppy seed rolls"]
