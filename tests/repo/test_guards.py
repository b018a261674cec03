"""Guards over the tree itself: sizes, first lines, words, names, errors, tests without mocks, locks, secrets."""

from __future__ import annotations

import ast
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from repo.trees import get_name, list_imports, parse, walk

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "src" / "reelwright"
MODULES = sorted(SOURCE.rglob("*.py"))
TESTS = sorted((ROOT / "tests").rglob("*.py"))
LAYERS = (
    "cli",
    "web",
    "server",
    "agents",
    "client",
    "studio",
    "engine",
    "engines",
    "planner",
    "providers",
    "media",
    "store",
    "catalogue",
    "documents",
    "net",
)

FORBIDDEN = {
    # words that hide something, with what to write instead; docs/words.md lists the same
    r"\b[Ww]orkspaces?\b": "account or project",
    r"\b[Cc]ampaigns?\b": "project",
    r"\b[Vv]endors?\b": "provider",
    r"\bbgm\b": "bed",
    r"\b[Vv]oiceovers?\b": "voice line",
    r"\b[Ww]orkflows?\b": "job, step or graph",
    r"\b[Bb]illing\b": "ledger, purchase or settlement",
    r"\b[Pp]rivate beta\b": "nothing",
    r"(?<![Cc]ontext )\b[Mm]anager\b": "a name for what it does",
    r"\b[Hh]elpers?\b": "a name for what it does",
    r"\bphase_?[0-9]\b": "goal or step",
}
ROOMS_NOBODY_WANTS = {"utils", "util", "helpers", "common", "misc", "managers", "manager", "handlers", "lib"}


def tracked() -> list[str]:
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    return [name for name in listed.stdout.splitlines() if (ROOT / name).is_file()]


def texts() -> Iterator[tuple[str, str]]:
    for name in tracked():
        path = ROOT / name
        if path.suffix in {".py", ".md", ".toml", ".yaml", ".yml", ".sh", ".txt", ".json", ".cfg"} or not path.suffix:
            try:
                yield name, path.read_text(encoding="utf-8")
            except UnicodeDecodeError:
                continue


def test_a_module_says_in_its_first_line_what_it_does() -> None:
    first_lines = {path: (ast.get_docstring(parse(path)) or "").partition("\n")[0].rstrip() for path in MODULES}
    faults = [str(path.relative_to(SOURCE)) for path, line in first_lines.items() if not line.endswith((".", ":", "?"))]
    assert not faults, "the first line is one sentence"


def test_no_room_is_a_drawer_for_everything() -> None:
    names = {part for p in MODULES for part in (*p.relative_to(SOURCE).parts[:-1], p.stem)}
    assert not names & ROOMS_NOBODY_WANTS


def test_every_room_stands_in_the_layers() -> None:
    rooms = {p.name for p in SOURCE.iterdir() if p.is_dir() and p.name != "__pycache__"}
    assert rooms <= {*LAYERS, "reel"}


def test_one_word_per_concept() -> None:
    faults = [
        f"{path.relative_to(SOURCE)}:{number}: {line.strip()} → say {instead}"
        for path in MODULES
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        for pattern, instead in FORBIDDEN.items()
        if re.search(pattern, line) and "word-guard" not in line
    ]
    assert not faults, "\n".join(faults)


def test_tests_use_fakes_that_ship_and_never_mocks() -> None:
    faults = [
        f"{path.relative_to(ROOT)}: {name}"
        for path in TESTS
        if "mock" in path.read_text(encoding="utf-8")  # most are not parsed
        for name in list_imports(path)
        if name.startswith(("unittest.mock", "mock", "pytest_mock"))
    ]
    assert not faults


def test_subprocess_stands_only_where_programs_of_others_are_started() -> None:
    allowed = {SOURCE / name for name in ("media/base/ffmpeg.py", "engines/supervisor.py", "engines/gpus.py")}
    for path in MODULES:
        assert path in allowed or "subprocess" not in list_imports(path), path


SUBMITS = {
    ("engine/purchases/sender.py", "provider"),
    ("providers/forwarding.py", "self._get_provider()"),
    ("client/recording.py", "self._wire"),
    ("studio/models/observed_provider.py", "self._provider"),
    ("engines/provider.py", "wire"),
    # not providers: a pool of threads, a batch of reads, a thread, a database
    ("store/database/read_batcher.py", "self._pool"),
    ("store/database/database.py", "self._together"),
    ("studio/models/local_servers.py", "thread"),
    ("studio/machine/backup.py", "database"),
}
"""Who may name an attribute ``submit``, by module and receiver: the gate, and what stands in front of a provider."""


def test_only_the_gates_sender_calls_submit() -> None:
    """Every ``x.submit`` is listed, whatever x is called, so that a new one is seen. Not seen: one that is made of
    text (``getattr``), which the next test refuses.
    """
    found = {
        (str(path.relative_to(SOURCE)), ast.unparse(node.value))
        for path in MODULES
        for node in walk(parse(path))
        if isinstance(node, ast.Attribute) and node.attr == "submit"
    }
    assert found == SUBMITS, "only the gate submits; a new place needs a reviewed line in SUBMITS"


def test_what_stands_in_front_of_a_provider_submits_only_when_it_is_asked_to_submit() -> None:
    for module in (
        "providers/forwarding.py", "client/recording.py", "studio/models/observed_provider.py", "engines/provider.py"
    ):  # fmt: skip
        tree = parse(SOURCE / module)
        inside = {
            id(node)
            for method in walk(tree)
            if isinstance(method, ast.AsyncFunctionDef) and method.name == "submit"
            for node in ast.walk(method)
        }
        for node in walk(tree):
            assert not (isinstance(node, ast.Attribute) and node.attr == "submit") or id(node) in inside, module


def test_no_attribute_is_taken_by_a_text_that_names_submit() -> None:
    for path in MODULES:
        for node in walk(parse(path)):
            if isinstance(node, ast.Call) and get_name(node.func) in ("getattr", "methodcaller", "attrgetter"):
                assert "submit" not in "".join(map(ast.unparse, node.args)), path


COMMAND_LINE = re.compile(r"(?<![\w/-])--[a-z][a-z-]+|\breelwright (?!again\b|is\b)[a-z]")
"""An option, or a command, in a text for people."""


PROGRAMS = ("engines/own/__main__.py", "engines/gpus.py")
"""Modules that are a program, or have the options of one."""


def test_no_text_below_the_doors_names_a_command_line() -> None:
    """Actions are data: each door says how to do them. Docstrings may name options, for those who read the code.

    ``media/base/ffmpeg.py`` has the options of the programs that it starts.
    """
    for path in MODULES:
        module = str(path.relative_to(SOURCE))
        if module.startswith(("cli/", "agents/", "providers/fakes/", "media/base/ffmpeg.py", *PROGRAMS)):
            continue
        tree = parse(path)
        notes = {
            id(node.value) for node in walk(tree) if isinstance(node, ast.Expr)
            and isinstance(node.value, ast.Constant)
        }  # fmt: skip
        for node in walk(tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in notes:
                named = COMMAND_LINE.search(node.value)
                assert not named, f"{module}:{node.lineno}: {named and named.group()!r} in {node.value!r}"


PARSERS = frozenset({"partition", "rpartition", "split", "rsplit", "startswith", "endswith", "removeprefix", "find"})
OUTSIDE_WORDS = ("providers/", "net/", "catalogue/")
"""Packages whose messages are a provider's own words: those are read, for want of anything better."""


def test_nothing_parses_the_message_of_a_reason() -> None:
    """A message is for people. Programs read its code and params. Not seen: a message under another name."""
    for path in MODULES:
        module = str(path.relative_to(SOURCE))
        if module.startswith(OUTSIDE_WORDS):
            continue
        for node in walk(parse(path)):
            parsed: list[ast.expr] = []
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in PARSERS:
                parsed = [node.func.value]
            elif isinstance(node, ast.Call) and get_name(node.func) in ("re.search", "re.match", "re.sub"):
                parsed = list(node.args[1:])
            elif isinstance(node, ast.Compare) and any(isinstance(op, (ast.In, ast.NotIn)) for op in node.ops):
                parsed = node.comparators
            for each in parsed:
                is_text = isinstance(each, ast.Attribute) and each.attr in ("message", "hint", "advice")
                assert not is_text, f"{module}:{node.lineno}: {ast.unparse(node)}"


def test_a_broad_except_stands_only_where_a_reason_is_given() -> None:
    allowed = re.compile(r"# (noqa: BLE001\s+\S|[a-z])")
    for path in MODULES:
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            if re.search(r"except (Exception|BaseException)\b|except\s*:", line):
                assert allowed.search(line), f"{path}:{number}: a broad except needs `# noqa: BLE001  why`"


def test_every_error_stands_in_the_drawn_tree() -> None:
    from reelwright import errors

    drawn = set(re.findall(r"[├└]── (\w+)", errors.__doc__ or "")) | {"ReelwrightError"}
    classes = {
        name for name, value in vars(errors).items()
        if isinstance(value, type) and issubclass(value, errors.ReelwrightError)
    }  # fmt: skip
    assert drawn == classes


def test_every_error_can_be_raised_across_processes() -> None:
    import pickle

    from reelwright import errors

    kinds = [v for v in vars(errors).values() if isinstance(v, type) and issubclass(v, errors.ReelwrightError)]
    for kind in kinds:
        made = kind("field", 3, "a number") if issubclass(kind, errors.BadInput) else kind("said")
        made.advice = "go on"
        again = pickle.loads(pickle.dumps(made))
        assert type(again) is kind and str(again) == str(made)
        assert again.to_reason() == made.to_reason() and again.advice == "go on"


def test_public_names_are_sorted_and_resolve() -> None:
    import reelwright

    assert list(reelwright.__all__) == sorted(reelwright.__all__)
    for name in reelwright.__all__:
        assert getattr(reelwright, name) is not None


def test_importing_the_package_loads_nothing_heavy() -> None:
    import sys

    code = "import reelwright, sys; print([m for m in ('skia','av','numpy','sqlalchemy','PIL') if m in sys.modules])"
    ran = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env={"PYTHONPATH": str(ROOT / "src")}
    )
    assert ran.stdout.strip() == "[]"


@pytest.mark.parametrize("name", [n for n in tracked() if n.endswith(".lock.txt")])
def test_locks_hold_hashes_and_no_host(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    assert not re.search(r"https?://|--index-url|--find-links|file:", text)
    for line in text.splitlines():
        if re.match(r"[a-z0-9]", line):
            assert "==" in line
    assert text.count("--hash=sha256:") > text.count("==")


def test_nothing_tracked_names_this_machine_or_a_registry() -> None:
    parts = (("pypi", "org"), ("registry", "npmjs"), ("deb", "debian", "org"), ("files", "pythonhosted"))
    hosts = [".".join(part) for part in parts]  # spelled out they would stand here
    machine = "|".join(re.escape(f"/{folder}/") for folder in ("work", "root"))
    forbidden = re.compile("|".join([machine, *map(re.escape, hosts)]))
    found = [name for name, text in texts() if forbidden.search(text)]
    assert not found


def test_no_secret_is_tracked() -> None:
    shapes = re.compile(
        r"sk-[A-Za-z0-9]{20,}|AIza[0-9A-Za-z_-]{30,}|-----BEGIN [A-Z ]*PRIVATE KEY-----|AKIA[0-9A-Z]{16}"
    )
    found = [name for name, text in texts() if shapes.search(text)]
    assert not found


def test_every_font_stands_beside_its_licence() -> None:
    fonts = SOURCE / "media" / "fonts"
    if not fonts.is_dir():
        pytest.fail("media/fonts is missing")
    licences = " ".join(p.read_text(encoding="utf-8", errors="replace") for p in fonts.rglob("*.txt"))
    assert "SIL OPEN FONT LICENSE" in licences.upper()
    readme = (fonts / "README.md").read_text(encoding="utf-8")
    for font in fonts.rglob("*.ttf"):
        assert font.stem in readme, f"{font.name} is not listed in fonts/README.md"


def test_every_file_that_the_docs_link_to_exists() -> None:
    for name, text in texts():
        if not name.endswith(".md"):
            continue
        bare = re.sub(r"```.*?```|`[^`\n]*`", "", text, flags=re.S)
        for target in re.findall(r"\]\(([^)#:]+?)(?:#[^)]*)?\)", bare):
            assert ((ROOT / name).parent / target).exists(), f"{name}: {target}"


def test_every_make_verb_of_the_docs_exists() -> None:
    verbs = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.M))
    for name, text in texts():
        if name.endswith(".md"):
            for verb in re.findall(r"`make ([a-z-]+)`", text):
                assert verb in verbs, f"{name}: make {verb}"


def test_a_test_that_reaches_for_the_network_fails() -> None:
    import socket
    import sys

    with pytest.raises(RuntimeError, match="reached for the network"):
        socket.create_connection(("192.0.2.1", 80), timeout=1)
    code = "import socket; socket.getaddrinfo('example.org', 80)"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert "reached for the network" in ran.stderr


def test_every_error_of_the_tree_is_raised_or_branched_upon() -> None:
    from reelwright import errors

    inner = {"ReelwrightError", "MoneyError", "JournalError", "ProviderError"}
    text = "\n".join(p.read_text(encoding="utf-8") for p in MODULES if p.name != "errors.py")
    for name, value in vars(errors).items():
        if isinstance(value, type) and issubclass(value, errors.ReelwrightError) and name not in inner:
            assert re.search(rf"(raise|except|return)\b[^\n]*\b{name}\b|isinstance\([^\n]*\b{name}\b", text), name


def test_what_the_benches_make_has_every_method_that_the_director_calls() -> None:
    """No check of types reads ``bench/``: without one of them, each job of a bench fails."""
    called = list_methods(SOURCE / "engine" / "steps" / "interfaces.py", "Production")
    assert called <= list_methods(ROOT / "bench" / "floor.py", "Chain") and "quote" in called


def list_methods(path: Path, name: str) -> set[str]:
    (found,) = [one for one in parse(path).body if isinstance(one, ast.ClassDef) and one.name == name]
    return {one.name for one in found.body if isinstance(one, (ast.FunctionDef, ast.AsyncFunctionDef))}
