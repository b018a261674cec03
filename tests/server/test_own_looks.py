"""Looks of one's own over HTTP: listed with their faults, taken for a film, and there in a rehearsal too."""

from __future__ import annotations

from reelwright.settings import Settings
from reelwright.studio.runtime.rehearsal import Rehearsal
from server.conftest import APPROVING, open_server

LOOK = 'based_on: paper\nabout: Sea fog.\npalette: {bg: "#DCE6EC", surface: "#EEF4F7"}\n'


async def test_a_look_of_ones_own_is_listed_taken_and_named_where_another_is_refused(settings: Settings) -> None:
    for name, text in (("fog", LOOK), ("broken", "based_on: cubism\n")):
        folder = settings.home / "looks" / name
        folder.mkdir(parents=True)
        (folder / "look.yaml").write_text(text, encoding="utf-8")
    body = {"brief": "Fenn, a lamp that never flickers", "goal": "plan", "short_side": 180}
    async with (
        open_server(settings, None, APPROVING, rehearsal=Rehearsal(speed=3600)) as server,
        server.open_client() as client,
    ):
        rows = {row["name"]: row for row in (await client.get("/api/v1/looks")).json()["looks"]}
        made = await client.post("/api/v1/projects", json={**body, "look": "fog"})
        unknown = await client.post("/api/v1/projects", json={**body, "look": "smog"})
        broken = await client.post("/api/v1/projects", json={**body, "look": "broken"})
    assert rows["fog"]["is_own"] and rows["fog"]["palette"]["bg"] == "#DCE6EC"
    assert "broken/look.yaml line 1: based_on" in rows["broken"]["fault"]
    assert made.status_code in (200, 201, 202), made.text
    assert unknown.status_code == 422 and "fog" in unknown.json()["accepted"]
    assert broken.status_code == 422 and "broken/look.yaml line 1" in broken.json()["field"]
