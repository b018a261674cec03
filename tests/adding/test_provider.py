"""docs/adding/provider.md: its package is found, rehearsed, bought from, and passes the tests of every adapter."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from adding.pages import ROOT, add_metadata, install, read_page, run

PROGRAM = """
import asyncio, json, sys
from pathlib import Path
from reelwright import AsyncStudio
from reelwright.providers.fakes.bill import Bill
from reelwright.providers.fakes.lookup import load_fake_class
from reelwright.providers.fakes.media_spec import make_tiny_file
from reelwright.providers.fakes.script import Script
from reelwright.providers.fakes.server import FakeServer
from reelwright.settings import load_settings
from reelwright.studio.quotes.tempo import Tempo

async def main():
    bill = Bill()
    async with FakeServer(load_fake_class("toy")(bill, Script(latency_s=(0, 0)), make_tiny_file)) as server:
        settings = load_settings({"REELWRIGHT_TOY_BASE_URL": server.url}, home=sys.argv[1], hands=1)
        async with AsyncStudio(settings, tempo=Tempo(speed=1000)) as studio:
            clip = await studio.clip("a fox", model="toy-clips-1", seconds=4, yes=True)
    print(json.dumps([clip.state, len(clip.files), len(bill.submissions), bill.sum_micros()]))

asyncio.run(main())
"""


def check_packages(folder: Path, **environ: str) -> Mapping[str, str]:
    """Return what ``doctor`` says of packages."""
    program = (
        "import json; from reelwright.studio.machine.doctor import examine;"
        "print(json.dumps([one.to_json() for one in examine().checks if one.name == 'packages'][0]))"
    )
    ran = run(folder, "-c", program, **environ)
    assert ran.returncode == 0, ran.stderr
    found: Mapping[str, str] = json.loads(ran.stdout)
    return found


def test_the_package_of_the_page_is_bought_from_and_named_by_doctor(tmp_path: Path) -> None:
    install(read_page("provider.md"), tmp_path)
    ran = run(tmp_path, "-c", PROGRAM, str(tmp_path / "home"), TOY_API_KEY="not-a-real-key")
    assert ran.returncode == 0, ran.stderr
    assert json.loads(ran.stdout) == ["done", 1, 1, 200_000]
    said = check_packages(tmp_path)
    assert (said["state"], said["message"]) == ("good", "provider toy of reelwright-toy 1.0")


def test_the_adapter_of_the_page_passes_the_tests_of_every_adapter(tmp_path: Path) -> None:
    install(read_page("provider.md"), tmp_path)
    ran = run(
        tmp_path,
        "-m",
        "pytest",
        "-q",
        "-p",
        "no:cacheprovider",
        "-p",
        "no:xdist",
        str(ROOT / "tests" / "adding" / "conformance_of_toy.py"),
    )
    assert ran.returncode == 0, ran.stdout[-3000:]


def test_a_film_is_rehearsed_with_the_fake_of_another_package(tmp_path: Path) -> None:
    install(read_page("provider.md"), tmp_path)
    ran = run(tmp_path, "-m", "reelwright.cli", "clip", "a fox", "--model", "toy-clips-1", "--seconds", "4", "--yes",
              "--rehearse", "--json", "--out", str(tmp_path / "fox.mp4"))  # fmt: skip
    assert ran.returncode == 0, ran.stderr
    assert (tmp_path / "fox.mp4").stat().st_size > 0


def test_a_price_that_nobody_knows_is_agreed_to_before_another_package_sells(tmp_path: Path) -> None:
    files = read_page("provider.md")
    models = files["reelwright_toy/models.yaml"].replace('usd: "0.05"', "usd: null")
    install(files | {"reelwright_toy/models.yaml": models}, tmp_path)
    ran = run(tmp_path, "-m", "reelwright.cli", "clip", "a fox", "--model", "toy-clips-1", "--seconds", "4", "--yes",
              TOY_API_KEY="not-a-real-key", REELWRIGHT_TOY_BASE_URL="http://127.0.0.1:9")  # fmt: skip
    assert ran.returncode != 0 and "--unknown-at-most" in ran.stderr


FAULTS = {
    "raises": ("reelwright_toy/__init__.py", "from reelwright", "raise RuntimeError('no luck')\nfrom reelwright",
               "RuntimeError: no luck"),
    "exits": ("reelwright_toy/__init__.py", "from reelwright", "raise SystemExit(3)\nfrom reelwright", "SystemExit: 3"),
    "none": ("reelwright_toy/__init__.py", "PROVIDER =", "PROVIDER = 3\n_ =", "a int, not a ProviderEntry"),
    "openrouter": ("pyproject.toml", "openrouter =", "openrouter =", "openrouter is one of ours"),
    "other": ("reelwright_toy/__init__.py", 'name="other", pack', 'name="another", pack', "as the entry point"),
    "thief": ("reelwright_toy/__init__.py", "THIEF_API_KEY", "GEMINI_API_KEY", "key.variables: of this provider alone"),
    "spy": ("reelwright_toy/__init__.py", "SPY_API_KEY", "REPLICATE_WEBHOOK_SECRET", "key.variables: of this provider"),
    "own": ("reelwright_toy/__init__.py", "OWN_API_KEY", "REELWRIGHT_DATABASE", "none that begins with REELWRIGHT_"),
    "plain": ("reelwright_toy/__init__.py", "https://api", "http://api", "begins with https://"),
    "again": ("reelwright_toy/__init__.py", "package=", 'resubmit="free", package=', "no more"),
    "fakeless": ("reelwright_toy/__init__.py", "package=__name__", 'package="json"', "there is no json.adapter"),
    "keyed": ("reelwright_toy/models.yaml", "sold_as:", "key: google\n    sold_as:", "keyed-clips-1.key"),
    "free": ("reelwright_toy/models.yaml", "sold_as:", "resubmit: free\n    sold_as:", "sent once"),
    "hijack": ("reelwright_toy/models.yaml", "sold_as:", "aliases: [veo]\n    sold_as:", "begins with hijack-"),
    "doubled": ("reelwright_toy/models.yaml", "models:\n", "models:\n  doubled-clips-1: {}\n",
                "line 4: 'models.doubled-clips-1' is not accepted; accepted: a key that stands once: line 3"),
    "misspelt": ("reelwright_toy/models.yaml", "fps:", "ftp:", "ftp"),
}  # fmt: skip
"""Faults by the name of the provider: a change of the package of the page, and what is said of it."""


def test_packages_with_faults_are_named_and_stop_nothing(tmp_path: Path) -> None:
    page = read_page("provider.md")
    for name, (file, old, new, _) in FAULTS.items():
        package = f"reelwright_{name}"
        files = {path: text.replace("toy", name).replace("TOY", name.upper()) for path, text in page.items()}
        assert old in files[file], name
        files[file] = files[file].replace(old, new)
        install({path.replace("reelwright_toy", package): text for path, text in files.items()}, tmp_path)
    install(page, tmp_path)
    for twin in ("one", "two"):
        add_metadata(tmp_path, f"twin-{twin}", "1", {"reelwright.providers": {"twin": "reelwright_toy:PROVIDER"}})
    (tmp_path / "home").mkdir()
    keys = tmp_path / "home" / "keys.yaml"
    keys.touch(0o600)
    keys.write_text("a_package_2_that_is_gone: a-key-of-it\ntoy: not-a-real-key\n")
    said = check_packages(tmp_path, REELWRIGHT_RAISES_BASE_URL="https://example.org")
    assert said["state"] == "poor"
    parts = {part.split()[1]: part for part in said["message"].split(" · ")}
    assert parts.pop("toy") == "provider toy of reelwright-toy 1.0"
    assert "gives the same name" in parts.pop("twin") and set(parts) == set(FAULTS)
    assert not {name: parts[name] for name, (*_, fault) in FAULTS.items() if fault not in parts[name]}
    listed = run(tmp_path, "-m", "reelwright.cli", "models", "--json")
    names = {row["id"] for row in json.loads(listed.stdout)["models"]}
    assert {"toy-clips-1", "openrouter-veo-3.1"} <= names and not any(f"{name}-clips-1" in names for name in FAULTS)
    assert run(tmp_path, "-m", "reelwright.cli", "keys").returncode == 0
