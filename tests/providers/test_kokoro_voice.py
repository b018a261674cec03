"""The real voice of this machine: what it says is heard when the captions show it, and the same each time.

The packages and weights of ``make test-local``; nobody listens: lengths, silences and levels are measured.
"""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import imageio_ffmpeg
import numpy as np
import pytest

from reelwright import Studio
from reelwright.catalogue.own_voices import VoiceFolder, get_voice_folder
from reelwright.engines.voice_weights import add_voice
from reelwright.media.base.work import WorkResult
from reelwright.media.speech.line import speak_line
from reelwright.settings import Settings

pytestmark = pytest.mark.lane_local
ROOT = Path(__file__).resolve().parents[2]
PACKAGES, WEIGHTS = ROOT / ".venv" / "voice", ROOT / ".venv" / "voice-weights"
RATE = 24_000
ONSET_S = 0.12
"""How far from its sound a caption may come."""
SCRIPT = """# Fenn
## Bakers since 1911

Rye bread for €4.20, every morning. Open from 7:30.

[Order yours](https://fenn.example)
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[VoiceFolder]:
    assert (PACKAGES / "kokoro_onnx").is_dir(), "make test-local installs the packages of the voice"
    sys.path.append(str(PACKAGES))  # hands take over the module path
    try:
        yield get_voice_folder(tmp_path_factory.mktemp("home"))
    finally:
        sys.path.remove(str(PACKAGES))


@pytest.fixture
async def voice(folder: VoiceFolder) -> VoiceFolder:
    return folder if not folder.find_missing() else await add_voice(folder, WEIGHTS)


def speak(text: str, room: Path, folder: VoiceFolder, language: str = "en", voice: str = "af_heart") -> WorkResult:
    room.mkdir(exist_ok=True)
    args = {"prompt": text, "voice": voice, "language": language, "weights": str(folder.path)}
    return speak_line(args, (), room, lambda done: None)


def decode(path: Path) -> np.ndarray:
    program = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-i", str(path), "-vn", "-ac", "1", "-ar", str(RATE)]
    raw = subprocess.run([*program, "-f", "f32le", "-"], check=True, capture_output=True).stdout
    return np.frombuffer(raw, dtype="<f4")


def find_onsets(sound: np.ndarray) -> list[float]:
    """Where sound begins after silence of a fifth of a second, in seconds."""
    block = RATE // 100
    loud = np.sqrt(np.mean(sound[: len(sound) // block * block].reshape(-1, block) ** 2, axis=1))
    heard = loud > 0.02 * float(loud.max())
    onsets, quiet = [], 20
    for n, is_loud in enumerate(heard.tolist()):
        if is_loud and quiet >= 20:
            onsets.append(n / 100)
        quiet = 0 if is_loud else quiet + 1
    return onsets


def read_seconds(stamp: str) -> float:
    hours, minutes, seconds = stamp.replace(",", ".").split(":")
    return int(hours) * 3600 + int(minutes) * 60 + float(seconds)


def test_a_film_is_spoken_on_this_machine(voice: VoiceFolder, tmp_path: Path) -> None:
    script = tmp_path / "script.md"
    script.write_text(SCRIPT)
    home = voice.path.parents[1]
    options = {"voice": "kokoro", "music": "none", "short_side": 180}
    with Studio(Settings(home=home)) as studio:
        made = studio.make(script=script, yes=True, **options)
        assert made.film, made.message  # without music the checks name its pauses: the voice is heard alone here
        sound = decode(Path(made.film.path))
        cues = re.findall(r"(\S+) --> (\S+)\n(.+)\n", made.film.captions["srt"].read_text(encoding="utf-8"))
        plan = studio.read_plan("last").plan
        assert not studio.quote(script=script, **options).wanted_steps, "nothing is spoken twice"
        script.write_text(SCRIPT.replace("€4.20", "€4.40"))
        wanted = [step for step in studio.quote(script=script, **options).wanted_steps if step.startswith("voice/")]
        assert len(wanted) == 1, "one changed line is one line to speak"
    assert [line.text for _, line in plan.list_lines()] == [
        "Fenn. Bakers since 1911.", "Rye bread for €4.20, every morning. Open from 7:30.",
        "Fenn. Order yours. fenn.example.",
    ]  # fmt: skip
    onsets = find_onsets(sound)
    for start, _, text in cues:
        assert min(abs(read_seconds(start) - onset) for onset in onsets) <= ONSET_S, (text, start, onsets)
    assert made.film.loudness_lufs is not None and abs(made.film.loudness_lufs + 14) < 0.5
    for start, line in plan.list_lines():
        shots = plan.compute_windows().values()
        end = min(int(stop) for first, stop in shots if first <= start < stop)
        assert line.spoken_length and start + line.spoken_length <= end, "no line is cut by its screen"


def test_two_runs_give_equal_bytes(voice: VoiceFolder, tmp_path: Path) -> None:
    made = [speak("Order now, at fenn.example.", tmp_path / name, voice) for name in ("a", "b")]
    assert made[0].files[0].path.read_bytes() == made[1].files[0].path.read_bytes() and made[0].facts == made[1].facts


@pytest.mark.parametrize(
    ("language", "name", "text", "words"),
    [
        ("en", "af_heart", "Rye bread for €4.20, every morning. Call 0341 555 0142.", 20),
        ("en", "bf_emma", "We bake at three, so that you do not have to.", 11),
        ("es", "ef_dora", "Pan de centeno por 4,20 €, todos los días.", 11),
        ("fr", "ff_siwis", "Le menu du soir à 32,50 €, jusqu'à 22:30.", 13),
        ("hi", "hf_alpha", "हाथ से बुनी साड़ियाँ, केवल ₹1,299 में।", 12),
        ("it", "if_sara", "Il pane di sempre a 4,20 €, ogni giorno.", 11),
        ("pt", "pf_dora", "Pão fresco por R$ 25,90, todos os dias.", 12),
    ],
)
def test_each_language_takes_as_long_as_its_words_and_is_neither_cut_nor_silent(
    voice: VoiceFolder, tmp_path: Path, language: str, name: str, text: str, words: int
) -> None:
    made = speak(text, tmp_path / "room", voice, language, name)
    sound, seconds = decode(made.files[0].path), made.facts["duration_ms"] / 1000
    assert 1.5 < words / seconds < 5.5, seconds
    assert 0.1 < float(np.max(np.abs(sound))) < 0.985
    assert seconds - made.facts["words"][-1][2] / 1000 < 0.3, "the last word is heard to the end"
    block = RATE // 10
    levels = np.sqrt(np.mean(sound[: len(sound) // block * block].reshape(-1, block) ** 2, axis=1))
    silent = max(len(run) for run in "".join("." if level < 0.002 else "#" for level in levels).split("#"))
    assert silent <= 8, "no hole in the middle"


def test_words_after_a_pause_begin_where_they_are_heard(voice: VoiceFolder, tmp_path: Path) -> None:
    made = speak("Every loaf is shaped by hand. Some are even round. Come early, and bring friends.", tmp_path, voice)
    onsets = find_onsets(decode(made.files[0].path))
    starts = {word: first / 1000 for word, first, _ in made.facts["words"]}
    for word in ("Every", "Some", "Come"):
        assert min(abs(starts[word] - onset) for onset in onsets) <= ONSET_S / 2, (word, starts[word], onsets)
