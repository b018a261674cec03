"""A generator with everything real around it but the wire."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from client.proxy import Proxy
from reelwright.client.generator import VeoVideoGenerator
from reelwright.settings import Settings

Making = Callable[..., VeoVideoGenerator]


@pytest.fixture
def proxy(tmp_path: Path) -> Proxy:
    return Proxy(tmp_path / "proxy")


@pytest.fixture
def making(tmp_path: Path, proxy: Proxy) -> Making:
    def make(**more: Any) -> VeoVideoGenerator:
        told = {
            "provider": proxy,
            "settings": Settings(home=tmp_path / "home"),
            "output_dir": tmp_path / "videos",
            "poll_initial_delay": 0.02,
            "poll_max_delay": 0.05,
            "show_progress": False,
        }
        return VeoVideoGenerator(**{**told, **more})

    return make
