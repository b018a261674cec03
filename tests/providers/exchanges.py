"""Exchanges recorded from the providers' wires, one JSON file each: what was sent and what came back."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

import pytest

FIXTURES = Path(__file__).parent / "fixtures"


class Exchange:
    """One file. ``body`` is the answer's, in bytes."""

    def __init__(self, name: str) -> None:
        told = json.loads((FIXTURES / f"{name}.json").read_text(encoding="utf-8"))
        self.sent: dict[str, Any] = told["request"]
        answer = told["response"]
        self.status: int = answer["status"]
        self.headers = {name.lower(): value for name, value in answer["headers"].items()}
        self.json = answer.get("json")
        plain = answer.get("text", "").encode() if self.json is None else json.dumps(self.json).encode()
        self.body: bytes = base64.b64decode(answer["bytes_b64"]) if answer.get("bytes_b64") else plain


def all_of(folder: str, start: str = "") -> list[Any]:
    """Parameters of a test: every exchange of a folder whose name begins with ``start``."""
    paths = sorted((FIXTURES / folder).glob(f"{start}*.json"))
    assert paths, folder
    return [pytest.param(f"{folder}/{path.stem}", id=path.stem) for path in paths]
