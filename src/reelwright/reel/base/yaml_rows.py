"""Declares the rows of the YAML files that ship with this package, and reads those files strictly."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar, dataclass_transform

from reelwright import late_libraries as late
from reelwright.errors import BadInput
from reelwright.yaml_faults import build_syntax_error

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable

T = TypeVar("T")


@dataclass_transform(frozen_default=True, kw_only_default=True)
def define_row(**keys: str) -> Callable[[type[T]], type[T]]:
    """Return a decorator that makes a class a frozen dataclass, read strictly from YAML.

    ``keys``: the key in the file, by field with another name.
    """

    def define(cls: type[T]) -> type[T]:
        made = dataclass(frozen=True, slots=True, kw_only=True)(cls)
        config = {"extra": "forbid", "alias_generator": lambda field: keys.get(field, field)}
        made.__pydantic_config__ = config  # type: ignore[attr-defined]
        return made

    return define


class ReadAs:
    """Annotation of a field that files spell as ``given``, a type that is checked before ``parse`` makes the value.

    ``parse`` raises ``BadInput``, or ``ValueError`` with what is accepted.
    """

    def __init__(self, given: Any, parse: Callable[[Any], Any]) -> None:
        self.given, self.parse = given, parse

    def __get_pydantic_core_schema__(self, source: Any, handler: Any) -> Any:
        return late.pydantic.AfterValidator(self._parse).__get_pydantic_core_schema__(self.given, handler)

    def _parse(self, value: Any) -> Any:
        try:
            return self.parse(value)
        except BadInput as cause:
            raise ValueError(cause.accepted) from cause


def accept_if(is_accepted: Callable[[T], object], description: str) -> Callable[[T], T]:
    """Return a parser for ``ReadAs`` that returns what ``is_accepted`` and raises ``ValueError`` for the rest.

    ``description``: of what is accepted.
    """

    def check(value: T) -> T:
        if not is_accepted(value):
            raise ValueError(description)
        return value

    return check


def load_yaml(file: Traversable) -> Any:
    """Parse a YAML file that ships with a package into plain values.

    Raises ``BadInput`` naming the file, also for a key that stands twice in one mapping: YAML would keep the last.
    """
    return parse_yaml(file.read_bytes(), file.name, are_keys_checked=True)


def parse_yaml(text: bytes, name: str, *, are_keys_checked: bool = False) -> Any:
    """Parse YAML in UTF-8 into plain values; raise ``BadInput`` naming the file ``name``."""
    try:
        loader = getattr(late.yaml, "CSafeLoader", late.yaml.SafeLoader)(text)  # the C loader is ten times as fast
        node = loader.get_single_node()
        if are_keys_checked:
            _refuse_repeated_keys(node, name, "", set())
        return loader.construct_document(node) if node is not None else None
    except (late.yaml.YAMLError, ValueError) as cause:
        # ValueError: bytes that are no UTF-8, or a day such as 2026-02-30
        raise build_syntax_error(cause, text, name, "YAML in UTF-8") from cause


def _refuse_repeated_keys(node: Any, name: str, path: str, seen: set[int]) -> None:
    """Raise ``BadInput`` naming both lines of a key that stands twice. ``seen``: nodes that aliases lead to again."""
    if node is None or isinstance(node.value, str) or id(node) in seen:
        return
    seen.add(id(node))
    lines: dict[str, int] = {}
    for item in node.value:
        if not isinstance(item, tuple):  # of a list
            _refuse_repeated_keys(item, name, path, seen)
            continue
        key, value = item
        line = key.start_mark.line + 1
        if isinstance(key.value, str):
            place = f"{path}.{key.value}" if path else key.value
            if key.value in lines:
                raise BadInput(f"{name} line {line}", place, f"a key that stands once: line {lines[key.value]} has it")
            lines[key.value] = line
            _refuse_repeated_keys(value, name, place, seen)
