"""A look and a flavor of another package, from docs/adding/look.md: drawn in, drawn again by release, and missed."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from adding.pages import PAGES, add_metadata, install, run

SCRIPT = (
    "---\nlook: mine\n---\n\n# Fenn\n\nA lamp that never flickers\n\n[Order at fenn.example](https://fenn.example)\n"
)
PROGRAM = """
import json, sys
from pathlib import Path
from reelwright import Studio
from reelwright.errors import BadInput
from reelwright.settings import Settings
script, what, found = Path("fenn.md"), sys.argv[1], {}
with Studio(Settings(home=Path("home"), hands=1)) as studio:
    def quote():
        wanted = studio.quote(script=script, goal="takes", short_side=180).wanted_steps
        return sum(step.startswith("take/") for step in wanted)
    if what == "make":
        found["looks"] = [row.name for row in studio.list_looks()]
        made = studio.make(script=script, goal="takes", short_side=180)
        found["project"], found["look"] = made.project, studio.read_plan(made.project).plan.own_look
        found["flavor"] = studio.plan("A lamp called Fenn", flavor="evening", short_side=180).plan.look
    if what == "gone":
        try:
            quote()
        except BadInput as error:
            found["refused"] = str(error)
        studio.edit(sys.argv[2], look="grid")
        found["look"] = studio.read_plan(sys.argv[2]).plan.look
    else:
        found["wanted"] = quote()
print(json.dumps(found))
"""
FLAVOR = (
    'about: "Evening."\naspect: "9:16"\nlength_ms: 9000\nlook: mine\ntone: neutral\nvoice: false\nfps: [30, 1]\n'
    "captions: clean\nanimatic: animatic/2026.1\ncomposer: composer/2026.1\n"
)


def carry_out(folder: Path, *arguments: str) -> dict[str, Any]:
    ran = run(folder, "-c", PROGRAM, *arguments)
    assert ran.returncode == 0, ran.stderr
    found: dict[str, Any] = json.loads(ran.stdout)
    return found


def test_a_look_of_a_package_draws_films_and_another_release_draws_them_again(tmp_path: Path) -> None:
    blocks = dict(
        re.findall(r"^```(toml|yaml|python)\n(.*?)^```", (PAGES / "look.md").read_text(encoding="utf-8"), re.S | re.M)
    )
    install({"pyproject.toml": blocks["toml"], "reelwright_mine/look.yaml": blocks["yaml"],
             "reelwright_mine/__init__.py": blocks["python"], "evenings/__init__.py": "",
             "evenings/evening/pipeline_params.yaml": FLAVOR}, tmp_path)  # fmt: skip
    add_metadata(tmp_path, "evenings", "2", {"reelwright.flavors": {"evening": "evenings.evening", "spot": "evenings"}})
    add_metadata(tmp_path, "void", "3", {"reelwright.looks": {"void": "nowhere_at_all", "slam": "reelwright_mine"}})
    (tmp_path / "fenn.md").write_text(SCRIPT)

    made = carry_out(tmp_path, "make")
    assert "mine" in made["looks"] and "void" not in made["looks"] and made["flavor"] == "mine"
    assert made["wanted"] == 0 and json.loads(made["look"]).keys() == {"id", "based_on", "release"}
    said = run(tmp_path, "-m", "reelwright.cli", "doctor", "--json").stdout
    (packages,) = [row["message"] for row in json.loads(said)["checks"] if row["name"] == "packages"]
    assert "look mine of reelwright-mine 1.0" in packages and "flavor evening of evenings 2" in packages
    assert "void of void 3 is left out: ImportError: nowhere_at_all" in packages and packages.count("left out") == 3

    code = tmp_path / "reelwright_mine" / "__init__.py"
    code.write_text(code.read_text() + "# another release\n")
    assert carry_out(tmp_path, "quote")["wanted"] >= 2
    (tmp_path / "reelwright_mine-1.0.dist-info" / "entry_points.txt").unlink()
    gone = carry_out(tmp_path, "gone", made["project"])
    assert "mine" in gone["refused"] and gone["look"] == "grid"
