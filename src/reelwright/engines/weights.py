"""Folders of weights: whether a folder holds a video model that is safe to load, and the card that is written of it."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, Final

from reelwright import late_libraries as late
from reelwright.engines.card_files import read_card
from reelwright.engines.model_cards import NAME, Licence, ModelCard, get_models_folder
from reelwright.errors import BadInput
from reelwright.reel.base.yaml_rows import parse_yaml

INDEX: Final = "model_index.json"
PICKLES: Final = frozenset({".bin", ".pt", ".pth", ".ckpt", ".pkl", ".pickle"})
"""Endings of files that may be pickles: to load one runs whatever its author wrote."""
_FAMILIES: Final = Path(__file__).parent / "families.yaml"
_HEAD: Final = (
    "# A model of your own. Change the numbers to those of your weights; docs/guides/own-gpu.md explains them."
)
_NOT_FOR_SALE: Final = re.compile(r"(?<![a-z])(nc|non-?commercial|research)(?![a-z])")
"""What the name of a licence has in it that forbids commercial use, such as ``cc-by-nc-4.0``."""
_SAFE_LICENCES: Final = frozenset({"apache-2.0", "mit", "bsd-3-clause", "openrail", "creativeml-openrail-m"})


@cache
def load_families() -> Mapping[str, Mapping[str, Any]]:
    """Return the numbers of the known video pipelines by the name of their class."""
    found: Mapping[str, Mapping[str, Any]] = parse_yaml(_FAMILIES.read_bytes(), _FAMILIES.name)
    return found


def read_pipeline(folder: Path) -> str:
    """Return the class of the pipeline in a folder of weights. Raises ``BadInput`` if it is none, or holds pickles."""
    index = folder / INDEX
    accepted = f"a folder with {INDEX} and weights as safetensors, as diffusers saves a pipeline"
    if not folder.is_dir():
        raise BadInput("folder", str(folder), accepted)
    try:
        found = json.loads(index.read_bytes())
    except OSError as cause:
        raise BadInput("folder", f"{folder}, without {INDEX}", accepted) from cause
    except ValueError as cause:
        raise BadInput(str(index), "no JSON", accepted) from cause
    name = found.get("_class_name") if isinstance(found, dict) else None
    if not isinstance(name, str) or not name.isidentifier():
        raise BadInput(str(index), str(name), "a _class_name, the class of a pipeline of diffusers")
    check_files(folder)
    return name


def check_files(folder: Path) -> None:
    """Raise ``BadInput`` unless the weights below ``folder`` are safetensors: pickles run what their author wrote."""
    files = [path for path in folder.rglob("*") if path.is_file()]
    if pickles := [path for path in files if path.suffix.lower() in PICKLES]:
        raise BadInput(
            str(pickles[0]), "a pickle", "weights as safetensors only: loading a pickle runs the program inside it"
        )
    if not any(path.suffix == ".safetensors" for path in files):
        raise BadInput("folder", str(folder), "weights as safetensors; there are none")


def read_licence(folder: Path) -> tuple[str, bool | None]:
    """Return the licence that the model's own card (``README.md``) names, and whether it permits commercial use.

    Empty, None: it names none. None beside a name: nobody here knows that licence.
    """
    try:
        text = (folder / "README.md").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return "", None
    if not text.startswith("---"):
        return "", None
    try:
        front = parse_yaml(text.split("---", 2)[1].encode(), "README.md")
    except BadInput:
        return "", None
    facts = front if isinstance(front, dict) else {}
    return read_terms(facts)


def read_terms(facts: Mapping[str, Any]) -> tuple[str, bool | None]:
    """Return the licence that the head of a model's card names, and whether it permits commercial use.

    Empty, None: it names none. None beside a name: nobody here knows that licence.
    """
    name = str(facts.get("license_name") or facts.get("license") or "")
    if _NOT_FOR_SALE.search(name.lower().replace("_", "-").replace(" ", "-")):
        return name, False
    return name, True if name.lower() in _SAFE_LICENCES else None


def settle_licence(name: str, permits: bool | None, licence: str, may_be_sold: bool | None) -> Licence:
    """Return the licence of weights: what a person says of it counts before what their card says.

    ``name``, ``permits``: what the card says. Raises ``BadInput`` if neither names it or knows whether it permits
    commercial use.
    """
    source = "README.md of the weights" if licence in ("", name) else "the person who added the model"
    name, permits = licence or name, permits if may_be_sold is None else may_be_sold
    if not name:
        raise BadInput("licence", None, "the licence of the weights: their README.md names none")
    if permits is None:
        raise BadInput("commercial", None, f"yes or no: whether the licence “{name}” permits commercial use")
    return Licence(name=name, may_be_sold=permits, source=source)


def check_name(home: Path, name: str) -> Path:
    """Return the path of the card that a new model will have. Raises ``BadInput`` for a name that cannot be given."""
    if not NAME.fullmatch(name):
        raise BadInput("name", name, "small letters, digits, dots and dashes, at most 60")
    path = get_models_folder(home) / f"{name}.yaml"
    if path.exists():
        raise BadInput("name", name, f"a name that no model has yet; {path} exists")
    return path


def write_model_card(
    home: Path, folder: Path, *, name: str, engine: str = "own", licence: str = "", may_be_sold: bool | None = None,
    origin: Mapping[str, Any] | None = None,
) -> ModelCard:  # fmt: skip
    """Write the card of the weights in ``folder`` to the home, and return it as it reads back.

    ``licence``, ``may_be_sold``: where the folder's own card does not say. ``origin``: hub, revision and digests of
    weights that were downloaded. Raises ``BadInput``; replaces no card.
    """
    path = check_name(home, name)
    folder = folder.expanduser().absolute()
    pipeline = read_pipeline(folder)
    family = load_families().get(pipeline)
    if family is None:
        raise BadInput("folder", f"{folder}, a {pipeline}", f"one of {', '.join(load_families())}")
    settled = settle_licence(*read_licence(folder), licence, may_be_sold)
    terms = {"name": settled.name, "commercial": settled.may_be_sold, "source": settled.source}
    rows = {**family, "label": f"{family['label']} ({name})"}
    weights = {"folder": str(folder), **(origin or {})}
    values = {"weights": weights, "pipeline": pipeline, "engine": engine, "licence": terms, **rows}
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(_format_card(values))
    except FileExistsError as cause:
        raise BadInput("name", name, f"a name that no model has yet; {path} exists") from cause
    return read_card(ModelCard, path, name=name)


def _format_card(values: Mapping[str, Any]) -> str:
    text: str = late.yaml.safe_dump(
        dict(values), sort_keys=False, allow_unicode=True, default_flow_style=None, width=110
    )
    return f"{_HEAD}\n{text}"


def list_missing_files(folder: Path, digests: Mapping[str, str]) -> Sequence[str]:
    """List the files of ``digests`` that are not in ``folder``; their bytes are not read."""
    return [name for name in digests if not (folder / name).is_file()]
