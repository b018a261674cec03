"""Every flag of the cards of vLLM-Omni and SGLang stands, with its type, in the parsers of their own wheels.

The wheels are downloaded by `make test-local`, without what they depend on; they are read, never run. vLLM builds most
of its parser from the fields of a class, so there a flag is an argument or such a field.
"""

from __future__ import annotations

import ast
import zipfile
from functools import cache
from pathlib import Path

import pytest

from reelwright.engines.cards import EngineCard, load_engine_cards

pytestmark = pytest.mark.lane_local
WHEELS = Path(__file__).resolve().parents[2] / ".venv" / "engine-wheels"
PARSERS = {
    "vllm-omni": (
        ("vllm_omni", "vllm_omni/entrypoints/cli/serve.py"),
        ("vllm", "vllm/entrypoints/launchers/cli_args.py"),
    ),
    "sglang-diffusion": (("sglang", "sglang/multimodal_gen/runtime/server_args/server_args.py"),),
}
BY_HAND = {"--model-type": ("sglang", "sglang/cli/serve.py")}
"""Flags that a program takes out of its command line before its parser sees it."""
TYPES = {"--port": "int", "--num-gpus": "int", "--host": "str", "--model-path": "str", "--omni": "store_true"}
ROUTES = {
    "vllm-omni": ("vllm_omni", "vllm_omni/entrypoints/openai/api_server.py"),
    "sglang-diffusion": ("sglang", "sglang/multimodal_gen/runtime/entrypoints/http_server.py"),
}


def read(package: str, path: str) -> str:
    found = sorted(WHEELS.glob(f"{package}-*.whl"))
    assert found, f"make test-local downloads the wheel of {package}"
    with zipfile.ZipFile(found[-1]) as wheel:
        return wheel.read(path).decode()


@cache
def list_flags(package: str, path: str) -> dict[str, str]:
    """Return the flags of ``add_argument`` and of annotated fields, with their types as they are written."""
    flags = {}
    for node in ast.walk(ast.parse(read(package, path))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "add_argument":
            facts = {one.arg: ast.unparse(one.value) for one in node.keywords if one.arg}
            kind = facts.get("type") or facts.get("action", "str").strip("'\"")
            names = [one.value for one in node.args if isinstance(one, ast.Constant)]
            flags |= {name: kind for name in names if isinstance(name, str) and name.startswith("--")}
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            flags.setdefault(f"--{node.target.id.replace('_', '-')}", ast.unparse(node.annotation).partition(" ")[0])
    return flags


@pytest.mark.parametrize("name", PARSERS)
def test_every_flag_of_a_card_is_one_of_its_program_with_its_type(name, tmp_path):
    card = load_engine_cards(tmp_path)[name]
    assert isinstance(card, EngineCard)
    for flag in [word for word in card.command if word.startswith("--")]:
        if flag in BY_HAND:
            assert f'"{flag}"' in read(*BY_HAND[flag]), flag
            continue
        known = [flags[flag] for place in PARSERS[name] if flag in (flags := list_flags(*place))]
        assert known, f"{flag} is no flag of {name}"
        assert TYPES[flag] in known, (flag, known)


@pytest.mark.parametrize("name", ROUTES)
def test_an_engine_answers_at_the_health_path_of_its_card(name, tmp_path):
    card = load_engine_cards(tmp_path)[name]
    routes = [
        node.args[0].value
        for node in ast.walk(ast.parse(read(*ROUTES[name])))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "get"
        and node.args and isinstance(node.args[0], ast.Constant)
    ]  # fmt: skip
    assert card.health.path in routes


def test_sglang_still_only_forgets_a_deleted_video():
    text = read("sglang", "sglang/multimodal_gen/runtime/entrypoints/openai/video_api.py")
    assert "TODO: support aborting a job" in text, "it may stop now: then its card says `delete: stops`"
