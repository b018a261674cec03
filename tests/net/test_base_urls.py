"""Another address for a provider: https everywhere, plain http on this machine only, misspelled names refused."""

from __future__ import annotations

import json
import pickle
from pathlib import Path

import pytest

from reasons import has_field
from reelwright.errors import BadInput
from reelwright.known_providers import list_addressed
from reelwright.settings import load_settings


@pytest.mark.parametrize("provider", list_addressed())
def test_the_environment_stands_above_the_file(provider: str, tmp_path: Path) -> None:
    file = {provider: "https://file.example.com", "google": "http://[::1]:9"}
    (tmp_path / "settings.yaml").write_text(json.dumps({"base_urls": file}))
    settings = load_settings({}, home=tmp_path)
    assert settings.base_urls[provider] in ("https://file.example.com", "http://[::1]:9")
    name = f"REELWRIGHT_{provider.upper()}_BASE_URL"
    settings = load_settings({name: "http://127.0.0.1:4000/v1/"}, home=tmp_path)
    assert settings.base_urls[provider] == "http://127.0.0.1:4000/v1"
    assert pickle.loads(pickle.dumps(settings)) == settings, "hands get the settings"


@pytest.mark.parametrize(
    "value",
    ["http://api.example.com", "http://10.0.0.1:4000", "http://127.1:80", "http://0.0.0.0:1", "ftp://localhost", "x",
     "https://user:pass@api.example.com", "https://api.example.com/?key=1", "https://", "http://localhost:99999",
     "https://api.example.com/#x", "http://localhost.example.com", "https://a b", "https://[::1", "http://localhost:0"],
)  # fmt: skip
def test_a_base_that_cannot_be_trusted_with_a_key_is_bad_input(value: str, tmp_path: Path) -> None:
    with pytest.raises(BadInput, check=has_field("REELWRIGHT_OPENROUTER_BASE_URL")) as caught:
        load_settings({"REELWRIGHT_OPENROUTER_BASE_URL": value}, home=tmp_path)
    assert "user:pass" not in str(caught.value)


def test_a_misspelled_provider_is_bad_input_and_never_the_real_one_by_surprise(tmp_path: Path) -> None:
    with pytest.raises(BadInput, check=lambda error: error.value == "openrooter" and "BASE_URL" in error.field):
        load_settings({"REELWRIGHT_OPENROOTER_BASE_URL": "http://127.0.0.1:1"}, home=tmp_path)
    for text in ("base_urls: {openrooter: 'http://127.0.0.1:1'}", "base_urls: [x]", "base_urls: {google: 3}"):
        (tmp_path / "settings.yaml").write_text(text)
        with pytest.raises(BadInput, check=has_field("base_urls")):
            load_settings({}, home=tmp_path)


def test_without_any_nothing_changes(tmp_path: Path) -> None:
    assert load_settings({"REELWRIGHT_OPENROUTER_BASE_URL": ""}, home=tmp_path).base_urls == {}
