"""Reads a provider's YAML strictly: unknown keys, wrong types, money as floats and missing sources are refused."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from typing import Any, Final

from reelwright.catalogue.model_row import Model
from reelwright.errors import BadInput
from reelwright.reel.base.strict_model import read_strictly
from reelwright.reel.base.yaml_rows import define_row

MODES: Final[Mapping[str, tuple[str, ...]]] = {
    "video": ("text_to_video", "image_to_video", "first_last_frame", "reference_to_video"),
    "image": ("text_to_image", "image_to_image"),
    "speech": ("speech",),
    "music": ("music",),
    "sound_effect": ("sound_effect",),
    "text": ("plan",),
}
"""The modes that a model of each kind can have."""
_NEEDED_WHEN_SOLD: Final = ("sold_as", "modes", "prices", "latency_s", "licence", "certain")


@define_row()
class _File:
    """A file of models by id. ``shared``: YAML anchors. ``failures``: for models that do not have this key."""

    models: Mapping[str, dict[str, Any]]
    shared: Any = None
    failures: dict[str, Any] = field(default_factory=dict)


def parse_rows(values: Any, provider: str, where: str) -> dict[str, Model]:
    """Parse the models of one catalogue file, by id, from its YAML values. Raises ``BadInput`` naming file, row and
    key.
    """
    file = read_strictly(_File, values, f"{where}: ")
    if not file.models:
        raise BadInput(f"{where}: models", {}, "a mapping of models by id")
    shared = {"failures": file.failures} if file.failures else {}
    return {
        name: _parse_model(name, {**shared, **row}, provider, f"{where}: {name}") for name, row in file.models.items()
    }


def _parse_model(name: str, row: Mapping[str, Any], provider: str, where: str) -> Model:
    model = read_strictly(Model, {"sold_as": name, "key": provider, **row, "id": name, "provider": provider}, where)
    if model.lifecycle.stage != "retired":
        for key in _NEEDED_WHEN_SOLD:
            if key not in row:
                raise BadInput(f"{where}.{key}", None, "this key, which has to be there")
    _check_prices(model, where)
    _check_agreement(model, where)
    return model


def _check_prices(row: Model, where: str) -> None:
    """Check that unit and rates fit each other. Raises ``BadInput`` naming the key."""
    unit, rates = row.prices.unit, row.prices.rates
    if not rates and unit != "nothing":
        raise BadInput(f"{where}.prices.rates", [], "at least one rate")
    if unit == "million_tokens" and not {"in", "out"} <= {rate.of for rate in rates}:
        raise BadInput(f"{where}.prices.rates", [rate.of for rate in rates], "rates of in and of out")
    if unit == "machine_second" and row.prices.most is None:
        raise BadInput(f"{where}.prices.most", None, "the most seconds that one request can take")


def _check_agreement(row: Model, where: str) -> None:
    """Check that the keys of one row fit each other. Raises ``BadInput`` naming the key."""
    accepted = MODES[row.kind]
    if wrong := [mode for mode in row.modes if mode not in accepted]:
        raise BadInput(f"{where}.modes", wrong, ", ".join(accepted))
    sizes = {size for rate in row.prices.rates for size in rate.resolution}
    if row.lifecycle.stage != "retired" and (lost := sizes - set(row.resolutions)):
        raise BadInput(f"{where}.prices", sorted(lost), f"resolutions of the row: {', '.join(row.resolutions)}")
    if row.lifecycle.stage != "retired" and row.prices.unit != "nothing" and not row.failures.source:
        raise BadInput(f"{where}.failures", None, "what is billed where nothing came, and its source")
    if "reference_to_video" in row.modes and not row.references:
        raise BadInput(f"{where}.references", row.references, "1 or more, since it makes videos of references")
    known = {"mode", "seconds", "aspect", "resolution", "sound", "samples", "inputs", "references", *row.options}
    for number, limit in enumerate(row.limits):
        if not limit.needs and not limit.bars:
            raise BadInput(f"{where}.limits.{number}", limit.message, "something that it needs or bars")
        if wrong := [one for one in (*limit.when, *limit.needs, *limit.bars) if one not in known]:
            raise BadInput(f"{where}.limits.{number}", wrong[0], ", ".join(sorted(known)))
