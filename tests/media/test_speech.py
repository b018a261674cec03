"""A line is spoken by a voice of this machine: its words lie where they are heard, and nothing is cut or lost."""

from __future__ import annotations

import hashlib
import wave
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from reelwright.errors import BadInput, VoiceMissing
from reelwright.media.base.work import WorkResult
from reelwright.media.speech import line, sounds
from reelwright.media.speech.line import speak_line
from reelwright.media.speech.sounds import convert_sounds
from reelwright.media.speech.spoken_words import SpokenWord, spell_words
from reelwright.media.speech.timing import Sentence, find_sound, time_words

RATE = 24_000


def speak(text: str, room: Path, language: str = "en", weights: str = "") -> WorkResult:
    room.mkdir(exist_ok=True)
    args = {"prompt": text, "voice": "af_heart", "language": language, "weights": weights}
    return speak_line(args, (), room, lambda done: None)


def read(made: WorkResult) -> np.ndarray:
    with wave.open(str(made.files[0].path)) as file:
        assert (file.getnchannels(), file.getsampwidth(), file.getframerate()) == (1, 2, RATE)
        return np.frombuffer(file.readframes(file.getnframes()), dtype="<i2").astype(np.float32) / 32768


def tone(seconds: float) -> np.ndarray:
    return (0.4 * np.sin(2 * np.pi * 200 * np.arange(round(seconds * RATE)) / RATE)).astype(np.float32)


def rest(seconds: float) -> np.ndarray:
    return np.zeros(round(seconds * RATE), dtype=np.float32)


def test_a_line_is_as_long_as_it_says_and_its_words_are_those_that_were_written(tmp_path: Path) -> None:
    made = speak("Rye bread for €4.20. Order now, fenn.example.", tmp_path)
    sound = read(made)
    assert made.facts["duration_ms"] == round(len(sound) * 1000 / RATE)
    assert [word for word, _, _ in made.facts["words"]] == [
        "Rye",
        "bread",
        "for",
        "€4.20.",
        "Order",
        "now,",
        "fenn.example.",
    ]
    times = [moment for _, *pair in made.facts["words"] for moment in pair]
    assert times == sorted(times) and times[-1] <= made.facts["duration_ms"]


def test_two_runs_give_equal_bytes(tmp_path: Path) -> None:
    made = [speak("Order now.", tmp_path / name) for name in ("a", "b")]
    first, second = (hashlib.sha256(one.files[0].path.read_bytes()).digest() for one in made)
    assert first == second and made[0].facts == made[1].facts


def test_words_lie_between_the_silences_that_are_measured() -> None:
    words = (SpokenWord("Open,", "Open,"), SpokenWord("daily,", "daily,"), SpokenWord("now.", "now."))
    sound = np.concatenate([rest(0.1), tone(0.3), rest(0.4), tone(0.6), rest(0.15), tone(0.2), rest(0.1)])
    times = time_words(Sentence(sound=sound, rate=RATE, words=words, counts=(4, 6, 3)))
    starts = [start / RATE for start, _ in times]
    assert starts == pytest.approx([0.1, 0.8, 1.55], abs=0.03)
    assert times[0][1] / RATE <= 0.42 and times[1][1] / RATE <= 1.42


def test_a_sentence_without_a_pause_is_shared_by_the_sounds_of_its_words() -> None:
    words = tuple(SpokenWord(text, text) for text in ("a", "longer", "end."))
    times = time_words(Sentence(sound=tone(1.0), rate=RATE, words=words, counts=(2, 6, 2)))
    assert [start / RATE for start, _ in times] == pytest.approx([0.0, 0.2, 0.8], abs=0.02)


def test_silence_around_what_is_heard_is_found() -> None:
    assert find_sound(np.concatenate([rest(0.2), tone(0.5), rest(0.3)]), RATE) == (
        pytest.approx(0.2 * RATE, abs=240), pytest.approx(0.7 * RATE, abs=240),
    )  # fmt: skip


def test_a_loud_voice_is_lowered_and_never_cut(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Loud:
        def speak(self, words: Sequence[SpokenWord]) -> tuple[np.ndarray, Sequence[int]]:
            return tone(0.5) * 4, [1 for _ in words]

    monkeypatch.setattr(line, "_load_synthesizer", lambda args: Loud())
    assert 0.9 < float(np.max(np.abs(read(speak("Hello.", tmp_path))))) < 0.98


def test_a_line_without_words_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInput):
        speak("→ 🎉", tmp_path)


def test_a_hand_without_the_packages_names_the_extra(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(line, "LIBRARY", "reelwright.media.speech.nothing_of_that_name")
    with pytest.raises(VoiceMissing) as error:
        speak("Hello.", tmp_path, weights="/nowhere")
    assert (error.value.code, error.value.params["accepted"]) == ("voice_extra_missing", "voice")


def test_a_reader_of_japanese_that_is_missing_names_its_own_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sounds, "_READERS", {"ja": ("reelwright.nothing_of_that_name", "Reader")})
    with pytest.raises(VoiceMissing) as error:
        sounds.open_phonemizer("ja", "jf_alpha")
    assert error.value.params["accepted"] == "voice-ja"


@pytest.mark.parametrize(
    ("name", "espeak", "kokoro"),
    [("en-us", "ˈo^ʊpən dˈe^ɪli", "ˈOpən dˈAli"), ("en-gb", "hˈə^ʊm", "hˈQm"), ("es", "t^ʃˈiko", "ʧˈiko")],
)
def test_sounds_are_written_as_the_network_was_trained_on_them(name: str, espeak: str, kokoro: str) -> None:
    assert convert_sounds(espeak, name) == kokoro


def test_sounds_are_counted_for_each_word_and_a_dash_has_none() -> None:
    found = sounds.Phonemizer(lambda text: text, is_spaced=True).find_sounds(spell_words("Open – daily", "en"))
    assert found == ("Open , daily", (4, 0, 5))
