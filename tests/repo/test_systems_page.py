"""docs/systems.md says what the tests say."""

from __future__ import annotations

import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_the_page_of_the_five_systems_is_that_of_their_tests() -> None:
    sys.path.insert(0, str(ROOT))
    from tools.systems import PAGE, write_page

    assert PAGE.read_text(encoding="utf-8") == write_page(), "run `make systems`"
