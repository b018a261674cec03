"""Syntax trees of the repository's files, each parsed once: the guards walk all of them."""

from __future__ import annotations

import ast
import functools
from pathlib import Path


@functools.cache
def parse(path: Path) -> ast.Module:
    """Return the tree of a file, shared by all callers: do not change it."""
    return ast.parse(path.read_text(encoding="utf-8"))


@functools.cache
def list_imports(path: Path) -> frozenset[str]:
    """Return the full names of the modules that a file imports, and of what it imports from them."""
    names: set[str] = set()
    for node in ast.walk(parse(path)):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return frozenset(names)
