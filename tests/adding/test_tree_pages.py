"""The pages of docs/adding that change this tree: each is applied in a copy of it, and what it promises is there."""

from __future__ import annotations

import json
from pathlib import Path

from adding.pages import apply_page, run


def test_a_model_added_with_one_row_is_listed_and_priced(tmp_path: Path) -> None:
    apply_page("model.md", tmp_path)
    ran = run(tmp_path, "-m", "reelwright.cli", "models", "show", "openrouter-fennec-2", "--json",
              source=tmp_path / "src")  # fmt: skip
    assert ran.returncode == 0, ran.stderr
    shown = json.loads(ran.stdout)
    assert shown["name"] == "Fennec 2 (OpenRouter)" and shown["durations_s"] == [2, 3, 4, 5, 6, 7, 8]
    assert shown["failure_costs"] and "0.1" in shown["price"]
