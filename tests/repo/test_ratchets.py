"""Guards over the size of the tree: counts in ``size_budget.yaml`` that only go down.

A count above its budget fails; so does one that has fallen well below, until the budget is lowered with it. To raise a
budget is a line in that file, with its reason beside it, which a reviewer reads. What these cannot see: whether the
lines that are left are good ones.
"""

from __future__ import annotations

import ast
import io
import re
import tokenize
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import grimp
import pytest
import yaml

from repo.trees import parse, walk

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "src" / "reelwright"
MODULES = sorted(SOURCE.rglob("*.py"))
BUDGET: dict[str, Any] = yaml.safe_load((Path(__file__).parent / "size_budget.yaml").read_text(encoding="utf-8"))
SLACK = 0.97
"""A count below this share of its budget is a budget that was forgotten."""
OPTION = "variation"
"""The option of ``make`` whose declarations are counted: it means nothing else anywhere."""
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
NUMBER_NAME = re.compile(r"_(S|MS|BYTES)$|(^|_)(MAX|MOST)_")
"""How the names of waits and limits end or begin."""


def count_folders() -> Mapping[str, int]:
    """Return the modules of each folder that holds more than twenty, ``__init__`` not counted."""
    counts = Counter(str(path.parent.relative_to(SOURCE)) for path in MODULES if path.name != "__init__.py")
    return {folder: count for folder, count in counts.items() if count > BUDGET["modules_of_other_folders"]}


def count_local_imports() -> int:
    """Count the import statements that stand in functions."""
    return len({
        (path, node.lineno)
        for path in MODULES
        for function in walk(parse(path)) if isinstance(function, FUNCTIONS)
        for node in ast.walk(function) if isinstance(node, (ast.Import, ast.ImportFrom))
    })  # fmt: skip


def list_circles() -> list[list[str]]:
    """List the sets of modules that import each other in a circle, imports for types and in functions included."""
    graph = grimp.build_graph("reelwright", cache_dir=None)
    circles = set()
    for module in graph.modules:
        upstream = graph.find_upstream_modules(module)
        circle = frozenset({module, *(upstream & graph.find_downstream_modules(module))})
        if len(circle) > 1:
            circles.add(circle)
    return sorted(map(sorted, circles))


def count_statements_of_an_option() -> int:
    """Count the modules that declare the option: as a parameter, a field, a constant or a key."""
    return sum(OPTION in set(_list_declared(parse(path))) for path in MODULES)


def _list_declared(tree: ast.Module) -> Iterator[str]:
    for node in walk(tree):
        if isinstance(node, ast.arg):
            yield node.arg
        elif isinstance(node, (ast.AnnAssign, ast.Assign)):
            targets = [node.target] if isinstance(node, ast.AnnAssign) else node.targets
            yield from (target.id.lower() for target in targets if isinstance(target, ast.Name))
        elif isinstance(node, ast.Dict):
            yield from (key.value for key in node.keys if isinstance(key, ast.Constant) and isinstance(key.value, str))


def count_code_lines(path: Path) -> int:
    """Count the lines that hold code: no docstring, no import, no comment, no blank line."""
    text = path.read_text(encoding="utf-8")
    left_out: set[int] = set()
    for node in walk(parse(path)):
        is_docstring = (
            isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)
        )
        if isinstance(node, (ast.Import, ast.ImportFrom)) or is_docstring:
            left_out |= set(range(node.lineno, (node.end_lineno or node.lineno) + 1))
    quiet = {tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT, tokenize.ENDMARKER}
    held: set[int] = set()
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type not in quiet:
            held |= set(range(token.start[0], token.end[0] + 1))
    return len(held - left_out)


def count_packages() -> Mapping[str, int]:
    """Return the code lines of each package; the modules beside the packages count as one."""
    counts: Counter[str] = Counter()
    for path in MODULES:
        parts = path.relative_to(SOURCE).parts
        counts[parts[0] if len(parts) > 1 else "beside the packages"] += count_code_lines(path)
    return counts


def count_page_lines() -> Mapping[str, int]:
    """Return the lines of the pages that are no Python: templates with style sheets, and scripts."""
    counts: Counter[str] = Counter()
    for path in (SOURCE / "web").rglob("*.*"):
        if path.suffix in (".html", ".css", ".js"):
            kind = "scripts" if path.suffix == ".js" else "templates and styles"
            counts[kind] += len(path.read_text(encoding="utf-8").splitlines())
    return counts


def list_loose_numbers(path: Path) -> Iterator[str]:
    """List the waits and limits of a module that give no reason: no docstring below, no comment beside or above."""
    lines, body = path.read_text(encoding="utf-8").splitlines(), parse(path).body
    for node, below in zip(body, [*body[1:], None], strict=True):
        if not isinstance(node, (ast.Assign, ast.AnnAssign)) or node.value is None or not _is_number(node.value):
            continue
        target = node.target if isinstance(node, ast.AnnAssign) else node.targets[0]
        has_comment = "# " in lines[node.lineno - 1] or (node.lineno > 1 and lines[node.lineno - 2].startswith("# "))
        if isinstance(target, ast.Name) and NUMBER_NAME.search(target.id) and not _is_text(below) and not has_comment:
            yield target.id


def _is_text(node: ast.stmt | None) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)


def _is_number(node: ast.expr) -> bool:
    """Whether a value is a number, a sum or tuple of some, or made of one, as a time is."""
    if isinstance(node, ast.Constant):
        return type(node.value) in (int, float)
    if isinstance(node, ast.Call):
        return any(map(_is_number, [*node.args, *(keyword.value for keyword in node.keywords)]))
    parts = {ast.UnaryOp: ("operand",), ast.BinOp: ("left", "right"), ast.Tuple: ("elts",)}.get(type(node), ())
    held = [getattr(node, part) for part in parts]
    return any(map(_is_number, held[0] if isinstance(node, ast.Tuple) else held))


def count_loose_numbers() -> Mapping[str, int]:
    """Count the waits and limits of each package that stand outside ``policy.py`` and give no reason."""
    counts: Counter[str] = Counter()
    for path in MODULES:
        parts = path.relative_to(SOURCE).parts
        if parts[-1] != "policy.py":
            counts[parts[0] if len(parts) > 1 else "beside the packages"] += len([*list_loose_numbers(path)])
    return {package: count for package, count in counts.items() if count}


def check(name: str, count: int, budget: int) -> Iterator[str]:
    if count > budget:
        yield f"{name}: {count}, and the budget is {budget}: take something out, or raise it with a reason"
    elif count < budget * SLACK and budget - count > 1:
        yield f"{name}: {count}, and the budget is still {budget}: lower it to {count}"


def test_no_folder_gets_more_modules() -> None:
    folders, budget = count_folders(), BUDGET["modules_of_folders"]
    faults = [fault for name in {*folders, *budget} for fault in check(name, folders.get(name, 0), budget.get(name, 0))]
    assert not faults


def test_no_module_is_longer_than_one_idea() -> None:
    sizes = {str(path.relative_to(SOURCE)): len(path.read_text(encoding="utf-8").splitlines()) for path in MODULES}
    faults = [f"{name}: {lines} lines" for name, lines in sizes.items() if lines > BUDGET["lines_of_a_module"]]
    assert not faults, "what is the second idea in it?"


def test_no_circle_of_imports_is_added() -> None:
    circles = list_circles()
    found = {circle[0]: len(circle) for circle in circles}
    assert found == BUDGET["modules_of_circles"], circles


def test_no_import_is_added_inside_a_function() -> None:
    assert not [*check("imports in functions", count_local_imports(), BUDGET["imports_in_functions"])]


def test_an_option_of_make_is_stated_in_no_more_places() -> None:
    assert not [*check(OPTION, count_statements_of_an_option(), BUDGET["modules_that_state_an_option"])]


def test_no_package_grows_by_itself() -> None:
    counts, budget = count_packages(), BUDGET["code_lines"]
    faults = [fault for name in {*counts, *budget} for fault in check(name, counts.get(name, 0), budget.get(name, 0))]
    assert not faults


def test_templates_styles_and_scripts_do_not_grow_by_themselves() -> None:
    counts, budget = count_page_lines(), BUDGET["lines_of_pages"]
    assert not [fault for name in {*counts, *budget} for fault in check(name, counts[name], budget[name])]
    assert counts["scripts"] <= 3000 and counts["templates and styles"] <= 5000, "the ends that were set for the pages"


def test_a_wait_or_limit_stands_in_the_policy_of_its_package_or_gives_a_reason() -> None:
    counts, budget = count_loose_numbers(), BUDGET["numbers_without_a_reason"]
    faults = [fault for name in {*counts, *budget} for fault in check(name, counts.get(name, 0), budget.get(name, 0))]
    assert not faults, "move it to policy.py, or say below it why it stands where it is"


def test_a_policy_has_reasons_for_all_of_its_numbers_and_knows_no_other_module() -> None:
    for path in (path for path in MODULES if path.name == "policy.py"):
        body = parse(path).body
        bare = [
            ast.unparse(node)
            for node, below in zip(body, [*body[1:], None], strict=True)
            if isinstance(node, (ast.Assign, ast.AnnAssign)) and not _is_text(below)
        ]
        assert not bare, path
        assert len(path.read_text(encoding="utf-8").splitlines()) <= 400, path
        modules = {node.module for node in walk(parse(path)) if isinstance(node, ast.ImportFrom)}
        assert not {name for name in modules if name and name.startswith("reelwright")} - {"reelwright.units"}, path


@pytest.mark.parametrize(
    ("line", "is_loose"),
    [
        ("_WAIT_S: Final = 0.5", True),
        ("MAX_ROWS = 10 * 100", True),
        ("_KEPT_MS: Final = (1, 2)", True),
        ("_WAIT_S: Final = 0.5  # as the wire has it", False),
        ('MAX_ROWS = 100\n"""As the wire has it."""', False),
        ("# As the wire has it.\nMAX_ROWS = 100", False),
        ('MAX_USD = "max_usd"', False),
        ("_S = table.c", False),
    ],
)
def test_a_number_without_a_reason_is_found(line: str, is_loose: bool, tmp_path: Path) -> None:
    module = tmp_path / "module.py"
    module.write_text(line, encoding="utf-8")
    assert bool([*list_loose_numbers(module)]) is is_loose


@pytest.mark.parametrize(("count", "budget", "fails"), [(11, 10, True), (10, 10, False), (60, 100, True)])
def test_a_count_that_rose_or_a_budget_that_was_forgotten_is_found(count: int, budget: int, fails: bool) -> None:
    assert bool([*check("x", count, budget)]) is fails
