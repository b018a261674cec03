"""Finds what other Python packages add by entry points: providers, looks, flavors. One with a fault is left out.

A package says ``[project.entry-points."reelwright.looks"]`` with a line such as ``chalk = "reelwright_chalk"``. Nothing
is imported to find it, and neither our own nor other packages' plugins depend on it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final, Literal, get_args

Kind = Literal["providers", "looks", "flavors"]
_GROUP: Final = "reelwright."


@dataclass(frozen=True, slots=True, kw_only=True)
class Plugin:
    """A provider, look or flavor of another package. ``package``: its name and version, ``reelwright-chalk 1.2``.

    ``target``: what the entry point names: ``module``, or ``module:attribute``.
    """

    kind: Kind
    name: str
    package: str
    target: str

    def load(self) -> Any:
        """Import what the entry point names, and return it. Raises whatever the package raises."""
        from importlib.metadata import EntryPoint

        return EntryPoint(self.name, self.target, _GROUP + self.kind).load()

    def find_folder(self) -> Path:
        """Return the folder that the entry point names, without importing it. Raises ``ImportError``."""
        top, *inner = self.target.split(".")
        spec = find_spec(top) if top.isidentifier() else None
        for root in (spec and spec.submodule_search_locations) or ():
            if (folder := Path(root, *inner)).is_dir():
                return folder
        raise ImportError(f"{self.target} is no folder of a package")


_faults: Final[dict[Plugin, str]] = {}


@cache
def find_plugins(kind: Kind) -> Mapping[str, Plugin]:
    """Return the plugins of a kind by name. Of several packages that give one name, none is taken: each has a fault."""
    named: dict[str, list[Plugin]] = {}
    for plugin in _scan_packages():
        if plugin.kind == kind:
            named.setdefault(plugin.name, []).append(plugin)
    for same in named.values():
        for plugin in same if len(same) > 1 else ():
            others = ", ".join(one.package for one in same if one is not plugin)
            report_fault(plugin, f"{others} gives the same name: remove one of them")
    return {name: same[0] for name, same in sorted(named.items()) if len(same) == 1}


def report_fault(plugin: Plugin, fault: object) -> None:
    """Record why a plugin cannot be used: a text, or the exception that it raised. The caller leaves it out."""
    is_ours = not isinstance(fault, BaseException) or isinstance(fault, ValueError)
    words = str(fault) if is_ours else f"{type(fault).__name__}: {fault}"
    _faults[plugin] = " ".join(words.split())[:400]


def list_plugins() -> Mapping[Plugin, str]:
    """Return every plugin that is installed, with its fault as far as it was looked at; empty text: none."""
    for kind in get_args(Kind):
        find_plugins(kind)
    return {plugin: _faults.get(plugin, "") for plugin in _scan_packages()}


@cache
def _scan_packages() -> tuple[Plugin, ...]:
    """Read the entry points of all packages on this process's path, once."""
    from importlib.metadata import entry_points

    found = entry_points()
    return tuple(
        Plugin(kind=kind, name=one.name, target=one.value, package=f"{one.dist.name} {one.dist.version}")
        for kind in get_args(Kind)
        for one in sorted(found.select(group=_GROUP + kind), key=lambda one: (one.name, one.value))
        if one.dist
    )
