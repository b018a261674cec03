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
def walk(tree: ast.Module) -> tuple[ast.AST, ...]:
    """Return all nodes of the tree of a file, which is walked once for all guards."""
    return tuple(ast.walk(tree))


@functools.cache
def list_imports(path: Path) -> frozenset[str]:
    """Return the full names of the modules that a file imports, and of what it imports from them."""
    names: set[str] = set()
    for node in walk(parse(path)):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return frozenset(names)


def get_name(node: ast.expr) -> str:
    """Return ``name``, or ``module.name``, of what an expression calls; empty for anything else."""
    if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
        return f"{node.value.id}.{node.attr}"
    return node.id if isinstance(node, ast.Name) else ""
