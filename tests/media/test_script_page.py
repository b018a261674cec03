"""docs/script.md: every example makes a film, and its picture is the one that is drawn of it today."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools"))
from script_pictures import draw, examples  # noqa: E402


@pytest.mark.parametrize(("text", "file"), examples(), ids=[file.stem for _, file in examples()])
def test_the_picture_of_an_example_is_what_it_makes(text: str, file: Path, tmp_path: Path) -> None:
    draw(text, tmp_path / "now.png")
    with Image.open(tmp_path / "now.png") as now, Image.open(file) as shown:
        assert now.size == shown.size
        apart = np.abs(np.asarray(now.convert("RGB"), float) - np.asarray(shown.convert("RGB"), float)).mean()
    assert apart < 4, "tools/script_pictures.py draws it anew"
