"""Keys: found where they are kept, never shown, never read from a file that others may read."""

from __future__ import annotations

import copy
import dataclasses
import json
import os
import pickle
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from reelwright.errors import BadInput, StoreUnavailable
from reelwright.known_providers import list_addressed, list_holders, list_openers
from reelwright.net.keys import Key, Keys
from reelwright.net.redact import redact
from reelwright.reason import Action
from reelwright.settings import Settings

CANARY = "canary-sparrow-7391-in-the-mine"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path / "home")


def kept(settings: Settings, text: str, mode: int = 0o600) -> Path:
    settings.home.mkdir(exist_ok=True)
    file = settings.home / "keys.yaml"
    file.write_text(text)
    file.chmod(mode)
    return file


def test_a_key_is_found_in_the_environment_first_and_then_in_the_file(settings: Settings) -> None:
    kept(settings, f"openrouter: {CANARY}\nreplicate: r8-of-the-file\n")
    keys = Keys(settings, {"OPENROUTER_API_KEY": "of-the-environment", "ELEVENLABS_API_KEY": "  "})
    found = {name: keys.find(name) for name in ("openrouter", "replicate", "elevenlabs")}
    assert found["openrouter"] and found["openrouter"].secret == "of-the-environment"
    assert found["openrouter"].source == "environment OPENROUTER_API_KEY"
    assert found["replicate"] and (found["replicate"].secret, found["replicate"].source) == (
        "r8-of-the-file",
        "file keys.yaml",
    )
    assert found["elevenlabs"] is None
    assert [key.holder for key in keys.list_keys()] == ["openrouter", "replicate"]


@pytest.mark.parametrize(
    ("provider", "variable"),
    [("google", "GOOGLE_API_KEY"), ("gemini_longrunning", "GOOGLE_ACCESS_TOKEN"),
     ("gemini_longrunning", "LITELLM_API_KEY"), ("openai_videos", "LITELLM_API_KEY"), ("text", "ANTHROPIC_API_KEY"),
     ("anthropic", "ANTHROPIC_API_KEY")],
)  # fmt: skip
def test_a_provider_is_opened_by_each_of_its_keys(settings: Settings, provider: str, variable: str) -> None:
    found = Keys(settings, {variable: CANARY}).find(provider)
    assert found and found.source == f"environment {variable}"


@pytest.mark.parametrize("provider", [*list_openers(), *list_holders()])
def test_a_key_that_is_missing_names_its_variable_and_where_one_gets_it(settings: Settings, provider: str) -> None:
    with pytest.raises(BadInput) as caught:
        Keys(settings, {}).require(provider)
    variables = [v for holder in list_openers().get(provider, (provider,)) for v in list_holders()[holder].variables]
    assert all(variable in str(caught.value) for variable in variables)
    holder = list_openers().get(provider, (provider,))[0]
    assert caught.value.actions == (Action("add_key", {"provider": holder}),)
    assert list_holders()[holder].page in caught.value.hint


def test_nobody_of_that_name_is_bad_input(settings: Settings) -> None:
    with pytest.raises(BadInput, check=lambda error: "openrouter" in error.accepted):
        Keys(settings, {}).find("openrooter")


def shown(key: Key) -> Iterator[str]:
    yield repr(key)
    yield str(key)
    yield f"{key} {key!r} {[key]} { ({'k': key}) }"
    yield key.fingerprint
    yield key.source


def test_a_key_shows_itself_nowhere(settings: Settings) -> None:
    key = Keys(settings, {"OPENROUTER_API_KEY": CANARY}).require("openrouter")
    assert not any(CANARY in text for text in shown(key))
    for write in (pickle.dumps, copy.deepcopy, copy.copy, json.dumps):
        with pytest.raises(TypeError):
            write(key)
    assert not dataclasses.is_dataclass(key) and not hasattr(key, "__dict__")
    assert len(key.fingerprint) == 12 and int(key.fingerprint, 16) >= 0


def test_the_fingerprint_is_the_same_for_the_same_key_wherever_it_is_kept(settings: Settings) -> None:
    kept(settings, f"openrouter: {CANARY}\n")
    of_file = Keys(settings, {}).require("openrouter")
    of_environment = Keys(settings, {"OPENROUTER_API_KEY": CANARY}).require("openrouter")
    assert of_file.fingerprint == of_environment.fingerprint != Key("openrouter", CANARY + "2", "a test").fingerprint


def test_a_key_that_was_found_is_taken_out_of_every_text_from_then_on(settings: Settings) -> None:
    Keys(settings, {"OPENROUTER_API_KEY": CANARY}).find("openrouter")
    assert CANARY not in redact(f"the provider said: {CANARY} is wrong")


@pytest.mark.parametrize("mode", [0o644, 0o640, 0o604, 0o660, 0o620, 0o666])
def test_a_file_that_others_may_read_is_refused(settings: Settings, mode: int) -> None:
    kept(settings, f"openrouter: {CANARY}\n", mode)
    with pytest.raises(BadInput, check=lambda error: f"{mode:04o}" in str(error.params)) as caught:
        Keys(settings, {}).find("openrouter")
    assert "chmod 600" in caught.value.advice and CANARY not in str(caught.value)


@pytest.mark.parametrize(
    "text",
    ["- a list\n", f"openrouter: [{CANARY}]\n", f"openrouter: {{x: {CANARY}}}\n", "openrouter: 12345678\n",
     f"{CANARY}: x\n", f"openrouter: '{CANARY}\n", f"openrouter: !!python/object:os.system {CANARY}\n",
     f"openrouter: '{CANARY} with spaces'\n", "openrouter: abc\n", "\x00", "openrouter: &a [*a]\n"],
)  # fmt: skip
def test_a_file_that_holds_no_keys_is_refused_without_a_word_of_it(settings: Settings, text: str) -> None:
    kept(settings, text)
    with pytest.raises(BadInput) as caught:
        Keys(settings, {}).find("openrouter")
    seen = f"{caught.value} {caught.value.to_reason()} {caught.value.value!r} {caught.value.__cause__!r}"
    assert CANARY not in seen and "keys.yaml" in seen


def test_a_link_a_folder_and_a_flood_are_no_files_of_keys(settings: Settings, tmp_path: Path) -> None:
    file = kept(settings, "#" * 70_000)
    with pytest.raises(BadInput, check=lambda error: "64 KiB" in error.accepted):
        Keys(settings, {}).find("openrouter")
    file.unlink()
    file.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(BadInput):
        Keys(settings, {}).find("openrouter")
    file.unlink()
    os.mkfifo(file, 0o600)
    with pytest.raises(BadInput, check=lambda error: "ordinary file" in error.accepted):
        Keys(settings, {}).find("openrouter")
    file.unlink()
    file.mkdir()
    with pytest.raises(BadInput):
        Keys(settings, {}).find("openrouter")


@pytest.mark.parametrize("secret", ["", "abc", "with space", "tab\tbed", "line\nbreak", "ключ", "x" * 4097])
def test_what_cannot_be_a_key_is_refused_without_being_shown(settings: Settings, secret: str) -> None:
    with pytest.raises(BadInput) as caught:
        Key("openrouter", secret, "standard input")
    assert not secret.strip() or secret not in str(caught.value)


def test_a_key_is_kept_for_its_owner_only_beside_those_that_were_there(settings: Settings) -> None:
    keys = Keys(settings, {})
    old = os.umask(0)
    try:
        keys.keep(Key("openrouter", CANARY, "a test"))
        keys.keep(Key("replicate", "r8-another-one", "a test"))
    finally:
        os.umask(old)
    assert stat.S_IMODE(keys.file.stat().st_mode) == 0o600
    assert [(key.holder, key.secret) for key in keys.list_keys()] == [
        ("openrouter", CANARY),
        ("replicate", "r8-another-one"),
    ]
    assert sorted(p.name for p in settings.home.iterdir()) == ["keys.yaml"]
    assert keys.forget("openrouter") and not keys.forget("openrouter")
    assert [key.holder for key in keys.list_keys()] == ["replicate"] and CANARY not in keys.file.read_text()


def test_where_nothing_can_be_written_it_says_so(settings: Settings) -> None:
    settings.home.write_text("a file where the home should be")
    keys = Keys(settings, {})
    with pytest.raises(StoreUnavailable) as caught:
        keys.keep(Key("openrouter", CANARY, "a test"))
    assert caught.value.code == "file_not_written" and caught.value.params["file"] == str(keys.file)


def test_every_name_that_has_a_key_can_have_an_address_too() -> None:
    need_no_key = {"lmstudio", "ollama"}
    assert {*list_holders(), *list_openers()} - {"vertex"} == set(list_addressed()) - need_no_key
