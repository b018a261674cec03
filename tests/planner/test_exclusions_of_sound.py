"""A brief that wants no music has none; one that wants other music, or offers some, has it."""

from __future__ import annotations

import pytest

from reelwright.planner.edits.edit import set_piece
from reelwright.planner.edits.relengthening import set_film_length
from reelwright.planner.rules import plan
from reelwright.planner.screens.comparison import keep_edits
from reelwright.reason import build_reason
from reelwright.reel.film.brief import Brief


@pytest.mark.parametrize(
    "wish",
    [
        "No music please.", "Ohne Musik bitte.", "Sans musique.", "Sin música.", "Senza musica.", "Sem música.",
        "Geen muziek.", "Bez muzyki.", "Без музыки.", "بدون موسيقى.", "音楽なし。", "不用音樂。", "Ingen musik.",
        "Inget ljud.", "Ilman musiikkia.", "Bez hudby.", "Χωρίς μουσική.", "Tanpa musik.", "Fără muzică.",
        "Do not use any background music.", "No music in the background.",
    ],
)  # fmt: skip
def test_a_brief_that_wants_no_music_has_none(wish: str) -> None:
    made = plan(Brief(text=f'Ad for "Juno". 24 €. {wish}'))
    assert made.plan.bed is None
    assert any(message.startswith("Nothing is heard in this film") for message in made.messages)


@pytest.mark.parametrize(
    "words",
    [
        "No loud music please.", "No music with vocals pls.",
        "Bitte keine laute Musik.",
        "Live music every Friday, no entry fee.",
        "Music school, no age limit.",
        "Pas de ton ironique.", "Don't hang up.",
    ],
)  # fmt: skip
def test_a_brief_that_wants_other_music_or_offers_it_has_music(words: str) -> None:
    assert plan(Brief(text=f'Ad for "Juno". 24 €. {words}')).plan.bed is not None


def test_music_that_a_person_took_out_stays_out_when_the_film_is_planned_again() -> None:
    brief = Brief(text='Ad for "Juno". 24 €.')
    made = plan(brief).plan
    silent = set_piece(made, "none")
    longer, _ = set_film_length(silent, brief, None, 8_000)
    assert silent.bed is None and longer.bed is None
    kept, messages = keep_edits(made, silent)
    assert kept.bed and build_reason("edit_lost_silence") in messages, "a script that wants none says so"
