"""What is written in signs and digits is said as words of the language, and each word keeps its place."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reelwright.media.speech.spoken_words import load_signs, spell_words, split_sentences


def say(text: str, language: str = "en") -> str:
    return " ".join(word.speech for word in spell_words(text, language) if word.speech)


@pytest.mark.parametrize(
    ("language", "written", "spoken"),
    [
        ("en", "for €4.20", "for 4 euros 20"),
        ("en", "€0.80", "80 cents"),
        ("en", "$1", "1 dollar"),
        ("en", "£1,299.50", "1299 pounds 50"),
        ("en", "€4.82 bn total", "4.82 billion euros total"),
        ("en", "in € m", "in million euros"),
        ("en", "open 24/7", "open twenty-four seven"),
        ("en", "fenn.example", "fenn dot example"),
        ("en", "hello@fenn.example/2025", "hello at fenn dot example slash 2025"),
        ("en", "at 14:30", "at 14 30"),
        ("en", "at 9:00", "at 9 o'clock"),
        ("en", "9:00–17:00", "9 o'clock to 17 hundred"),
        ("en", "60 °C", "60 degrees Celsius"),
        ("en", "17.4 %", "17.4 percent"),
        ("en", "212,000 customers", "212000 customers"),
        ("en", "call 0341 555 0142", "call 0 3 4 1, 5 5 5, 0 1 4 2,"),
        ("en", "+49 341 5550142", "plus 4 9, 3 4 1, 5 5 5 0 1 4 2,"),
        ("en", "Palmer & Voss", "Palmer and Voss"),
        ("es", "Desde 4,20 €", "Desde 4 euros con 20"),
        ("es", "a las 9:30", "a las 9 y 30"),
        ("fr", "À 32,50 €", "À 32 euros 50"),
        ("fr", "dès 3 000 €", "dès 3000 euros"),
        ("fr", "à 9h30", "à 9 heures 30"),
        ("it", "4,20 €", "4 euro e 20"),
        ("pt", "por R$ 25,90", "por 25 reais e 90"),
        ("hi", "केवल ₹1,299 में", "केवल 1299 रुपये में"),
        ("zh", "¥4.20", "4 元20"),
        ("ja", "14:30", "14時30分"),
    ],
)
def test_signs_and_digits_are_said_as_words_of_the_language(language: str, written: str, spoken: str) -> None:
    assert say(written, language) == spoken


def test_each_written_word_keeps_its_place_whatever_is_said_for_it() -> None:
    words = spell_words("Order for €4.20 at 14:30, fenn.example.", "en")
    assert [word.text for word in words] == ["Order", "for", "€4.20", "at", "14:30,", "fenn.example."]


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("Bakery Fenn. call 0341 555 0142. fenn.example.", 3),
        ("Dr. Who is here. He waits.", 2),
        ("Up to min. five at 4.20 each.", 1),
        ("No phones! No end?", 2),
        ("これが声です。聞いてください。", 2),
    ],
)
def test_a_line_is_spoken_by_its_sentences(text: str, sentences: int) -> None:
    assert len(split_sentences(text)) == sentences


@given(st.text(max_size=80), st.sampled_from(sorted(load_signs())))
def test_no_text_fails_and_no_letter_moves(text: str, language: str) -> None:
    for sentence in split_sentences(text):
        words = spell_words(sentence, language)
        assert list(filter(str.isalnum, "".join(word.text for word in words))) == list(filter(str.isalnum, sentence))
        assert all(mark not in word.speech for word in words for mark in "€$£*|<>")
