"""What a type checker sees of modules that are imported on first use is what a program gets."""

from __future__ import annotations

import ast
from importlib import import_module
from pathlib import Path

import pytest

SOURCE = Path(__file__).resolve().parents[2] / "src"
PLACES = sorted(SOURCE.rglob("late_*.py"))


def read_homes(path: Path) -> tuple[dict[str, str], dict[str, str]]:
    """Return the home of each name, as the imports for type checkers have it, and as the table has it."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    named = [node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.module != "__future__"]
    seen = {alias.asname or alias.name: f"{node.module}.{alias.name}" for node in named for alias in node.names}
    seen |= {alias.name: alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    (table,) = [node for node in ast.walk(tree) if isinstance(node, ast.Dict)]
    return seen, ast.literal_eval(table)


@pytest.mark.parametrize("path", PLACES, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_a_type_checker_and_a_program_find_the_same_modules(path: Path) -> None:
    seen, table = read_homes(path)
    assert {name: home for name, home in seen.items() if name in table} == table
    assert {*seen} - {*table} == {"TYPE_CHECKING", "import_on_first_use"}
    holder = import_module(".".join(path.relative_to(SOURCE).with_suffix("").parts))
    assert all(getattr(holder, name) is import_module(home) for name, home in table.items())
    with pytest.raises(AttributeError):
        _ = holder.no_module
