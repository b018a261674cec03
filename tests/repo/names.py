"""Reads the names that cross modules, and the first sentences of docstrings, and says which break the language rule.

The rule stands in CONTRIBUTING.md: a function is an imperative verb phrase, a class a noun, a boolean a predicate; a
participle alone is never a name; the first sentence of a docstring has a named subject or is an imperative. What this
cannot see: whether a name is true, and whether a noun is the one that the field uses.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from repo.trees import parse

ROOT: Final = Path(__file__).resolve().parents[2]
SOURCE: Final = ROOT / "src" / "reelwright"
VERBS: Final = frozenset((ROOT / "docs" / "verbs.txt").read_text(encoding="utf-8").split())

OPTIONS = ("studio/results/options.py", "studio/results/verb_options.py")
"""Modules whose fields are the options of the command line."""
PREDICATES: Final = frozenset(
    {"is", "are", "has", "have", "can", "may", "must", "should", "does", "needs", "wants", "was"}
)
"""Words of which a name has one that is true or false."""
CONVERSIONS: Final = frozenset({"from", "to", "as"})
"""How another way to make a value, or to spell it, may begin; something follows."""
PARTICIPLES: Final = frozenset(
    "said told asked had meant kept held made bought found sold spent shown written spoken drawn gone given taken "
    "known seen begun lost sent heard chosen paid built caught dealt done fallen flown forgotten frozen gotten grown "
    "hidden laid led lent met risen sung sunk slept stood struck sworn swept torn thought thrown understood woken worn "
    "won".split()
)
"""Irregular ones; the regular ones end in ``ed``. Words that are more often verbs or nouns are not counted."""
NOT_PARTICIPLES: Final = frozenset(
    "bed seed feed speed need embed red shed thread spread breed weed reed bleed creed deed greed sped ted hundred "
    "shared sacred indeed proceed succeed exceed".split()
)
NEVER: Final = frozenset("whole anew surely together elsewhere along errand way ways what who whose why how".split())
"""Bare words that say nothing where they stand alone as a name."""
LOCALS: Final = frozenset({"said", "told", "asked"})
"""The words refused for variables inside functions, too."""
_SUBJECTLESS: Final = re.compile(
    r"(It|One|Ones|What|Who|Whoever|Whose|Whom|Which|Such|As|Of|That|Those|This|By|Where|When|How|Why|Something|Somebody|"
    r"None|Also|Else|Both|Some|Any|From|In|On|At|Beside|Before|After|For|With|Without|Until|Beyond|Among)\b"
)
_PHRASES: Final = re.compile(r"\b(so often|of which|as ever|anew|whoever|none takes|as the (gate|journal)'s)\b", re.I)
_BOOL: Final = re.compile(r"(Final\[)?bool\b(?! \|)")


@dataclass(frozen=True, order=True, slots=True)
class Fault:
    """A name or docstring that breaks the rule. ``place``: the module, below ``src/reelwright``."""

    place: str
    kind: str
    name: str
    why: str

    @property
    def line(self) -> str:
        """As the list of what is still allowed spells it."""
        return f"{self.place} {self.kind} {self.name}"


def faults_of(path: Path) -> list[Fault]:
    """Every fault of one module, in order of place."""
    tree = parse(path)
    return sorted(set(_walk(tree, path.relative_to(SOURCE).as_posix(), "")))


def is_participle(word: str) -> bool:
    if word in NOT_PARTICIPLES:
        return False
    return word in PARTICIPLES or (word.endswith("ed") and len(word) > 3)


def _walk(node: ast.Module | ast.ClassDef, place: str, inside: str) -> Iterator[Fault]:
    yield from _docstring(node, place, inside or "module")
    for one in node.body:
        if isinstance(one, ast.ClassDef):
            if not one.name.startswith("_") and place != "errors.py":  # an exception may name the state that it tells
                yield from _class(one, place)
            yield from _walk(one, place, f"{inside}{one.name}.")
        elif isinstance(one, (ast.FunctionDef, ast.AsyncFunctionDef)):
            yield from _function(one, place, inside)
        elif isinstance(one, ast.AnnAssign) and isinstance(one.target, ast.Name) and inside:
            yield from _field(one.target.id, ast.unparse(one.annotation), place, inside)


def _class(node: ast.ClassDef, place: str) -> Iterator[Fault]:
    words = re.findall(r"[A-Z]+(?![a-z])|[A-Z][a-z0-9]*", node.name)
    last = words[-1].lower() if words else node.name
    if not node.name[0].isupper():
        yield Fault(place, "class", node.name, "a class is a noun in CapWords")
    elif is_participle(last) or last in NEVER | {"again"}:
        yield Fault(place, "class", node.name, f"a class is a noun; it ends with “{last}”")


def _function(node: ast.FunctionDef | ast.AsyncFunctionDef, place: str, inside: str) -> Iterator[Fault]:
    called = f"{inside}{node.name}"
    yield from _locals(node, place, called)
    if node.name.startswith("_") or any(part.startswith("_") for part in inside.split(".")):
        return
    yield from _docstring(node, place, called)
    decorators = {ast.unparse(one) for one in node.decorator_list}
    if "override" in decorators:
        return
    returns = ast.unparse(node.returns) if node.returns else ""
    if decorators & {"property", "cached_property", "functools.cached_property"}:
        yield from _field(node.name, returns, place, inside)
        return
    first, *rest = node.name.split("_")
    if first in PREDICATES or (first in CONVERSIONS and rest):
        pass
    elif first not in VERBS and called != "main":
        yield Fault(place, "function", called, f"“{first}” is no verb of docs/verbs.txt")
    arguments = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]
    for one in arguments:
        if one.arg not in ("self", "cls") and not one.arg.startswith("_") and _is_bare(one.arg):
            yield Fault(place, "parameter", f"{called}({one.arg})", "a participle alone, or a word that says nothing")


def _field(name: str, annotation: str, place: str, inside: str) -> Iterator[Fault]:
    if name.startswith("_") or any(part.startswith("_") for part in inside.split(".")):
        return
    if _is_bare(name):
        yield Fault(place, "field", f"{inside}{name}", "a participle alone, or a word that says nothing")
    elif place in OPTIONS:
        return  # a switch is named as a person types it: --again, not --is-again
    elif _BOOL.match(annotation) and not PREDICATES & set(name.split("_")):
        yield Fault(place, "field", f"{inside}{name}", "a boolean reads as a predicate, such as is_… or has_…")


def _is_bare(name: str) -> bool:
    word = name.strip("_")
    return "_" not in word and (is_participle(word) or word in NEVER)


def _locals(node: ast.FunctionDef | ast.AsyncFunctionDef, place: str, called: str) -> Iterator[Fault]:
    names = {one.id for one in ast.walk(node) if isinstance(one, ast.Name) and isinstance(one.ctx, ast.Store)}
    names |= {one.arg for one in ast.walk(node) if isinstance(one, ast.arg)}
    for name in sorted(names & LOCALS):
        yield Fault(place, "variable", f"{called}({name})", "say what it is: message, request, answer …")


def _docstring(node: ast.AST, place: str, called: str) -> Iterator[Fault]:
    text = ast.get_docstring(node)  # type: ignore[arg-type]
    if not text:
        return
    first = re.split(r"(?<=[.:?])\s", text.strip(), maxsplit=1)[0]
    if _SUBJECTLESS.match(first) or _PHRASES.search(first):
        yield Fault(place, "docstring", called.rstrip("."), f"no subject: {first[:80]!r}")
