"""Syntax trees of the repository's files, each parsed once: eight guards walk all of them."""

from __future__ import annotations

import ast
import functools
from pathlib import Path


@functools.cache
def parse(path: Path) -> ast.Module:
    """Return the tree of a file, shared by all callers: do not change it."""
    return ast.parse(path.read_text(encoding="utf-8"))
