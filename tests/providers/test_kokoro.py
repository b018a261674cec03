"""The voice of this machine: free, without a key, and refused with the command that brings what is missing."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from reelwright.catalogue import own_voices
from reelwright.catalogue.models import find_model, load_provider_models
from reelwright.catalogue.own_voices import VoiceFolder, get_voice_folder, load_own_voices
from reelwright.errors import BadInput, VoiceMissing
from reelwright.media.speech.spoken_words import spell_words
from reelwright.providers.kokoro import MODEL, WORK, Kokoro
from reelwright.providers.protocol import Progress, SampleSpeaker, as_voice_lister
from reelwright.reel.base.value import Digest, Fingerprint
from reelwright.reel.graph.outcome import Outcome
from reelwright.reel.graph.request import Input, Request

LINE = Request(model=MODEL, mode="speech", prompt="Order now.", extra={"voice": "af_heart", "language": "en"})


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> VoiceFolder:
    """A home in which the packages and the weights are there."""
    monkeypatch.setattr(own_voices, "_is_installed", lambda library: True)
    made = get_voice_folder(tmp_path)
    made.path.mkdir(parents=True)
    made.model.touch()
    made.voices.touch()
    return made


async def read(digest: Digest) -> AsyncIterator[bytes]:
    raise AssertionError("a line has no inputs")
    yield b""


async def keep(data: AsyncIterator[bytes], mime: str) -> Digest:
    raise AssertionError("the hand stores what it made")


async def test_a_line_is_work_of_a_hand_and_costs_nothing(folder: VoiceFolder) -> None:
    seen: list[tuple[str, Mapping[str, Any]]] = []

    async def make(work: str, args: Mapping[str, Any], inputs: Sequence[tuple[Input, Digest]]) -> Outcome:
        seen.append((work, args))
        words = [["Order", 30, 300], ["now.", 320, 700]]
        return Outcome(
            fingerprint=Fingerprint("voice:1"), assets=(Digest("a" * 64),), facts={"duration_ms": 800, "words": words}
        )

    provider = Kokoro(folder)
    provider.check(LINE)
    assert provider.price(LINE).micros == 0 and provider.resubmit == "free"
    prepared = await provider.prepare(LINE, (), "p", read)
    assert str(folder.path) not in str(prepared), "a request says no path: the home may move"
    answer = await provider.submit(prepared, keep, make)
    assert isinstance(answer, Progress) and answer.bill and answer.bill.micros == 0
    assert answer.outputs[0].facts["duration_ms"] == 800
    ((work, args),) = seen
    assert work == WORK and (args["prompt"], args["voice"], args["language"]) == ("Order now.", "af_heart", "en")
    assert args["weights"] == str(folder.path)


def test_without_the_packages_the_extra_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(own_voices, "_is_installed", lambda library: False)
    with pytest.raises(VoiceMissing) as error:
        Kokoro(get_voice_folder(tmp_path)).check(LINE)
    assert error.value.code == "voice_extra_missing"
    assert [(one.kind, one.params) for one in error.value.actions] == [("install", {"extra": "voice"})]


def test_without_the_weights_the_command_that_adds_them_is_named(folder: VoiceFolder) -> None:
    folder.voices.unlink()
    with pytest.raises(VoiceMissing) as error:
        Kokoro(folder).check(LINE)
    assert error.value.code == "voice_weights_missing" and [one.kind for one in error.value.actions] == ["add_voice"]
    assert not Kokoro(folder).has_voices


def test_japanese_needs_an_extra_of_its_own(folder: VoiceFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(own_voices, "_is_installed", lambda library: library != "pyopenjtalk")
    provider = Kokoro(folder)
    provider.check(LINE)
    with pytest.raises(VoiceMissing) as error:
        provider.check(Request(model=MODEL, mode="speech", prompt="声", extra={"voice": "jf_alpha", "language": "ja"}))
    assert error.value.params["accepted"] == "voice-ja"


@pytest.mark.parametrize(
    "extra",
    [{"voice": "af_heart", "language": "de"}, {"voice": "nobody", "language": "en"}, {"voice": "af_heart"},
     {"language": "en"}],
)  # fmt: skip
def test_another_language_or_voice_is_refused_before_anything_is_made(
    folder: VoiceFolder, extra: Mapping[str, str]
) -> None:
    with pytest.raises(BadInput):
        Kokoro(folder).check(Request(model=MODEL, mode="speech", prompt="Guten Morgen.", extra=extra))


async def test_every_voice_is_listed_with_a_sample_in_its_language(folder: VoiceFolder) -> None:
    lister = as_voice_lister(Kokoro(folder))
    assert lister and isinstance(lister, SampleSpeaker)
    listed = await lister.list_voices()
    assert {voice.id for voice in listed} == set(load_own_voices().voices) and all(voice.sample_url for voice in listed)
    for voice in listed:
        work, args = lister.build_sample(voice)
        assert work == WORK and args["voice"] == voice.id and args["weights"]
        assert args["language"] == voice.languages[0].partition("-")[0] and spell_words(
            args["prompt"], args["language"]
        )


def test_the_catalogue_sells_exactly_the_voices_whose_digests_are_known() -> None:
    row = find_model("kokoro")
    assert row.id == MODEL and list(row.options["voice"].values) == list(load_own_voices().voices)
    assert set(row.default_voices.values()) <= set(load_own_voices().voices)
    assert {name for name in row.default_voices if "-" not in name} == set(row.options["language"].values)
    assert load_provider_models("kokoro") == {MODEL: row} and not row.key
