"""What a brief takes back is on no screen, nor the words that take it back."""

from __future__ import annotations

import pytest

from planner.stretches import list_words, mark
from reelwright.planner.certain.marks import Marks
from reelwright.planner.reading.hushed import take_back


def list_shown(text: str, *marked: tuple[str, str]) -> list[str]:
    """List what of the stretches of ``text`` may still be shown."""
    tokens, spans = mark(text, *marked)
    made = list_words(text, tokens, take_back(text, tokens, spans, Marks(text)))
    return [words for label, words in made if label != "dir"]


@pytest.mark.parametrize(
    ("text", "marked", "shown"),
    [
        (
            "Disco Friday 13th!! sorry no, Friday is choir, its THURSDAY 12th",
            (("what", "Disco"), ("time", "Friday 13th"), ("fact", "Friday is choir"), ("time", "THURSDAY 12th")),
            ["Disco", "THURSDAY 12th"],
        ),
        (
            "Kermesse vendredi... non pardon, samedi 28 juin",
            (("what", "Kermesse vendredi"), ("fact", "non pardon"), ("time", "samedi 28 juin")),
            ["Kermesse", "samedi 28 juin"],
        ),
        (
            "Flohmarkt am Samstag, ach nein, Sonntag ab 9",
            (("fact", "Flohmarkt am Samstag"), ("time", "Sonntag ab 9")),
            ["Flohmarkt", "Sonntag ab 9"],
        ),
        (
            "Yoga £12 sorry, not £12, £14 a session",
            (("what", "Yoga £12"), ("price", "not £12"), ("price", "£14 a session")),
            ["Yoga", "£14 a session"],
        ),
        (
            "Mercato domenica 3, anzi sabato 2 agosto",
            (("what", "Mercato"), ("time", "domenica 3"), ("time", "anzi sabato 2 agosto")),
            ["Mercato", "sabato 2 agosto"],
        ),
        (
            "Распродажа в пятницу, ой нет, в субботу",
            (("what", "Распродажа в пятницу"), ("time", "в субботу")),
            ["Распродажа", "в субботу"],
        ),
        (
            "Open Monday. Sorry no cards, cash only",
            (("time", "Open Monday"), ("terms", "Sorry no cards, cash only")),
            ["Open Monday", "Sorry no cards, cash only"],
        ),
        ("Sorry for the noise! Sale on Saturday", (("what", "Sale"), ("time", "on Saturday")), ["Sale", "on Saturday"]),
    ],
)
def test_what_is_taken_back_is_not_shown(text: str, marked: tuple[tuple[str, str], ...], shown: list[str]) -> None:
    assert list_shown(text, *marked) == shown
