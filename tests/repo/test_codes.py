"""Guards over codes: each error and reason that src builds has a text in ``messages``, and the values that it needs.

Not seen: which values a call with ``**`` gives, and what a function is called with that takes its code as an argument;
both are listed here.
"""

from __future__ import annotations

import ast
import string
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Final, NamedTuple, get_args

import pytest

from reelwright import errors
from reelwright.advice_texts import ACTIONS, ADVICE
from reelwright.errors import BadInput, DamagedAsset, NothingToShow, ReelwrightError
from reelwright.message_texts import MESSAGES
from reelwright.providers.wires import answers
from reelwright.reason import LEGACY
from reelwright.reel.base.value import Digest
from reelwright.store.database import disks
from reelwright.store.purchases.send_guard import BlockReason
from reelwright.store.schema import failures
from repo.test_guards import MODULES, SOURCE
from repo.trees import parse, walk

ERRORS: Final = frozenset(
    name
    for name, kind in vars(errors).items()
    if isinstance(kind, type) and issubclass(kind, ReelwrightError) and not issubclass(kind, (BadInput, DamagedAsset))
)
BUILDERS: Final = frozenset({"Reason", "build_reason"})
PASSED_ON: Final[Mapping[str, frozenset[str]]] = {
    "build_refusal": frozenset({"provider", "status", "fault"}),
    "_build_unreachable": frozenset({"provider", "cause"}),
}
"""Functions that take a code, in ``code`` or first, and build its error: the values that they give to it."""
THEMSELVES: Final = frozenset({"errors.py", "reason.py"})
"""The modules of the constructors: a code only passes through."""
NO_PARAMS: Final = frozenset({"code", "step", "actions", "hint", "is_final", "after_s"})
"""Arguments of the constructors that are not values of the sentence."""
BLOCKS: Final = tuple(f"journal_{reason}" for reason in get_args(BlockReason))
COMPUTED: Final[Mapping[tuple[str, str], tuple[str, ...]]] = {
    ("store/database/disks.py", "_DISK[cause.errno]"): tuple(disks._DISK.values()),
    ("store/schema/failures.py", "code"): (
        "journal_unusable",
        *(code for _, code in (*failures._SQLITE, *failures._POSTGRES)),
    ),
    ("store/purchases/send_guard.py", "f'journal_{one}'"): BLOCKS,
    ("providers/wires/answers.py", "code"): (*answers._CODES.values(), "request_refused"),
    ("net/http.py", "code"): ("answer_incomplete", "output_incomplete", "output_host_unknown"),
    ("media/pictures/intake.py", "cause.code"): ("file_without_video", "file_without_frames"),
    ("studio/money/reconcile.py", "f'journal_{why}'"): BLOCKS,
}
"""By module and expression: the codes that no reader of the call can see."""


class Site(NamedTuple):
    """A call that builds an error or a reason. ``params``: the names of its values; None where they are not seen."""

    where: str
    codes: frozenset[str]
    params: frozenset[str] | None
    has_step: bool


@cache
def list_sites() -> tuple[Site, ...]:
    return tuple(site for path in MODULES for site in _find_sites(path))


def _find_sites(path: Path) -> Iterator[Site]:
    module = str(path.relative_to(SOURCE))
    if module in THEMSELVES:
        return
    tree = parse(path)
    functions = [node for node in walk(tree) if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))]
    for call in (node for node in walk(tree) if isinstance(node, ast.Call)):
        name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
        given = {keyword.arg: keyword.value for keyword in call.keywords}
        takes_first = name in BUILDERS or name == "_build_unreachable"
        code = given.get("code", call.args[0] if takes_first and call.args else None)
        if name not in ERRORS | BUILDERS | PASSED_ON.keys() or code is None:
            continue
        around = [f for f in functions if f.lineno <= call.lineno <= (f.end_lineno or 0)]
        codes = _resolve(code, around[-1] if around else tree)
        if codes is None:
            codes = frozenset(COMPUTED.get((module, ast.unparse(code)), ()))
        where = f"{module}:{call.lineno}"
        assert codes, f"{where}: list the codes of {ast.unparse(code)} in COMPUTED"
        if name in PASSED_ON:
            params, has_step = PASSED_ON[name], False
        elif name == "Reason":
            values = given.get("params", call.args[2] if len(call.args) > 2 else ast.Dict(keys=[], values=[]))
            params = _list_keys(values)
            has_step = "step" in given or len(call.args) > 1
        else:
            params = frozenset(filter(None, given)) - NO_PARAMS
            has_step = "step" in given
        yield Site(where, codes - {""}, params, has_step)
    for document in (node for node in walk(tree) if isinstance(node, ast.Dict)):  # passed on with **
        keys = {key.value: value for key, value in zip(document.keys, document.values, strict=True)
                if isinstance(key, ast.Constant)}  # fmt: skip
        if module == "providers/wires/local_chat.py" and "code" in keys:
            around = [f for f in functions if f.lineno <= document.lineno <= (f.end_lineno or 0)]
            codes = _resolve(keys["code"], around[-1])
            assert codes
            yield Site(f"{module}:{document.lineno}", codes, frozenset(keys) - NO_PARAMS, False)


def _resolve(code: ast.expr, inside: ast.AST, seen: frozenset[str] = frozenset()) -> frozenset[str] | None:
    """The codes that an expression may be, by the assignments in its function; None where they cannot be told."""
    parts: list[ast.expr] = []
    match code:
        case ast.Constant(value=str(text)):
            return frozenset({text})
        case ast.IfExp():
            parts = [code.body, code.orelse]
        case ast.BoolOp():
            parts = code.values
        case ast.Name(id=name) if name not in seen:
            seen |= {name}
            for node in ast.walk(inside):
                if isinstance(node, ast.Assign) and len(node.targets) == 1:
                    parts += _select_assigned(node.targets[0], node.value, name)
    found = [_resolve(part, inside, seen) for part in parts]
    return frozenset().union(*filter(None, found)) if found and all(found) else None


def _select_assigned(target: ast.expr, value: ast.expr, name: str) -> list[ast.expr]:
    if isinstance(target, ast.Name) and target.id == name:
        return [value]
    if isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple):
        pairs = zip(target.elts, value.elts, strict=True)
        return [one for each, single in pairs for one in _select_assigned(each, single, name)]
    return []


def _list_keys(values: ast.expr) -> frozenset[str] | None:
    if not isinstance(values, ast.Dict) or None in values.keys:
        return None
    return frozenset(ast.literal_eval(key) for key in values.keys if key is not None)


def list_needed(code: str) -> frozenset[str]:
    """The values that the sentence and the advice of a code name."""
    texts = (MESSAGES[code], ADVICE.get(code, ""))
    return frozenset(name for text in texts for _, name, _, _ in string.Formatter().parse(text) if name)


def test_every_error_and_reason_has_a_code_with_a_text() -> None:
    unknown = [f"{site.where}: {code}" for site in list_sites() for code in sorted(site.codes - MESSAGES.keys())]
    assert not unknown, "\n".join(["these codes have no text in reelwright/message_texts.py:", *unknown])


def test_every_error_and_reason_gives_the_values_that_its_text_needs() -> None:
    lacking = []
    for site in list_sites():
        for code in sorted(site.codes & MESSAGES.keys()):
            needed = list_needed(code)
            lacks = sorted(needed - {"step"} - (site.params or frozenset()))
            if lacks or ("step" in needed and not site.has_step):
                lacking.append(f"{site.where}: {code} needs {', '.join(lacks) or 'step='}")
    assert not lacking, "\n".join(lacking)


def test_every_text_is_that_of_a_code_in_use() -> None:
    used = {code for site in list_sites() for code in site.codes} | {LEGACY}
    used |= {kind.code for kind in vars(errors).values() if isinstance(kind, type) and hasattr(kind, "code")}
    used |= {
        kind.missing_code for kind in vars(errors).values() if isinstance(kind, type) and hasattr(kind, "missing_code")
    }
    used |= {error.code for error in own_errors()}
    assert not sorted(MESSAGES.keys() - used), "nothing in src has these codes"


def own_errors() -> list[ReelwrightError]:
    """Errors whose own constructor chooses the code."""
    digest = Digest("0" * 64)
    inputs = [BadInput("field", 3, "more"), BadInput("field", None, "some"), NothingToShow("brief", "x")]
    return [*inputs, DamagedAsset(digest), DamagedAsset(digest, is_missing=True)]


@pytest.mark.parametrize("error", own_errors(), ids=lambda error: error.code)
def test_an_error_that_chooses_its_code_gives_the_values_that_the_text_needs(error: ReelwrightError) -> None:
    assert list_needed(error.code) <= error.params.keys()


def test_what_is_listed_as_computed_still_is() -> None:
    for module, expression in COMPUTED:
        tree = parse(SOURCE / module)
        assert expression in {ast.unparse(node) for node in walk(tree) if isinstance(node, ast.expr)}, module


def test_every_action_that_is_built_gives_the_values_that_its_text_needs() -> None:
    lacking = []
    for path in MODULES:
        for call in walk(parse(path)):
            if not (isinstance(call, ast.Call) and getattr(call.func, "id", "") == "Action" and call.args):
                continue
            kind, *values = call.args
            needed = {name for _, name, spec, _ in string.Formatter().parse(_text_of(kind)) if name and spec == ""}
            keys = _list_keys(values[0]) if values else frozenset()
            if keys is not None and not needed <= keys:
                lacking.append(f"{path.relative_to(SOURCE)}:{call.lineno}: {ast.unparse(kind)} needs {sorted(needed)}")
    assert not lacking, "\n".join(lacking)


def _text_of(kind: ast.expr) -> str:
    return ACTIONS[kind.value] if isinstance(kind, ast.Constant) else ""


def test_no_value_of_an_action_hides_its_kind() -> None:
    for path in MODULES:
        for call in walk(parse(path)):
            if isinstance(call, ast.Call) and getattr(call.func, "id", "") == "Action" and len(call.args) > 1:
                assert "kind" not in (_list_keys(call.args[1]) or ()), f"{path}:{call.lineno}"
