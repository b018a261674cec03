"""A 30-second advert at today's prices beside those of an older tool; the guide prints what comes of it."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Final

from reelwright.catalogue.models import find_model
from reelwright.catalogue.price import compute_price
from reelwright.catalogue.snapping import list_sold_lengths
from reelwright.reel.graph.request import Request
from reelwright.units import Micros, format_usd

DAY: Final = date(2026, 11, 20)
GUIDE: Final = Path(__file__).resolve().parents[2] / "docs" / "guides" / "money.md"
STILLS, SECONDS = 4, 30
TAKES: Final = {
    "hailuo-2.3-fast": ("image_to_video", "768p", None, [6] * 5),
    "replicate-veo-3.1-fast": ("text_to_video", "720p", True, [8, 8, 8, 6]),
    "replicate-veo-3.1": ("text_to_video", "720p", True, [8, 8, 8, 6]),
}
"""How S2's adverts ask each model, in which pieces. Source: systems.md S2-18, S2-19, S2-24, C-12, C-13."""


def stills() -> Micros:
    each = compute_price(Request(model="flux-dev", mode="text_to_image", prompt="a lamp"), DAY).micros
    return Micros(STILLS * (each or 0))


def takes(name: str) -> Micros:
    mode, resolution, sound, pieces = TAKES[name]
    assert sum(pieces) == SECONDS and set(pieces) <= set(list_sold_lengths(find_model(name), resolution=resolution))
    asked = [
        Request(model=name, mode=mode, prompt="a lamp", ms=s * 1000, resolution=resolution, sound=sound) for s in pieces
    ]
    return Micros(sum(compute_price(one, DAY).micros or 0 for one in asked))


def table() -> list[str]:
    rows = []
    for name, (*_, pieces) in TAKES.items():
        lengths = " + ".join(map(str, pieces))
        made, old = takes(name), "$0.36" if "veo" in name else "$0.51"
        cells = [
            f"${format_usd(made)}",
            f"${format_usd(stills())}",
            f"${format_usd(Micros(made + stills()))}",
            old,
        ]
        rows.append(f"| `{name}`, {lengths} s | {' | '.join(cells)} |")
    return rows


def test_a_thirty_second_advert_costs_what_the_catalogue_says_and_not_what_an_old_table_said() -> None:
    """Source: systems.md S2-24 with C-12 and C-13."""
    assert stills() == 100_000
    assert takes("hailuo-2.3-fast") == 950_000, "and not 6 x $0.04"
    assert takes("replicate-veo-3.1-fast") == 4_500_000 and takes("replicate-veo-3.1") == 12_000_000, "and not $0.24"


def test_the_guide_prints_the_comparison_as_the_catalogue_has_it_today() -> None:
    text = GUIDE.read_text(encoding="utf-8")
    missing = [row for row in table() if row not in text]
    assert not missing, "docs/guides/money.md wants:\n" + "\n".join(missing)
