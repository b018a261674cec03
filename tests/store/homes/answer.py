"""The answer to a paid send as a tree's director writes it on PostgreSQL: kept, and written again beside later trees.

``PYTHONPATH=src:tests python -m store.homes.answer NAME`` writes ``NAME.answer.json``: the rows of every table when the
send is under way, each write that follows with its parameters, and the bytes of the take.
"""

from __future__ import annotations

import base64
import json
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, MetaData, create_engine, event, make_url

from postgres import Cluster, programs
from reelwright import Studio
from reelwright.providers.offline import Offline
from reelwright.settings import Settings
from store.homes.record import FAST, HOMES, SURE
from studio.shelf import Shelf

PROMPT = "A fox in the snow"
_WRITES = ("insert", "update", "delete", "with")


def rows_of(url: str) -> dict[str, list[dict[str, Any]]]:
    """All rows of every table, by name."""
    engine, tables = create_engine(make_url(url)), MetaData()
    with engine.begin() as conn:
        tables.reflect(conn)
        found = {t.name: [dict(row) for row in conn.execute(t.select()).mappings()] for t in tables.sorted_tables}
    engine.dispose()
    return found


class Asking(Shelf):
    """A shelf that notes the journal's rows while its send is under way, and every write from then on."""

    def __init__(self, url: str) -> None:
        super().__init__()
        self.url = url
        self.rows: dict[str, list[dict[str, Any]]] = {}
        self.writes: list[tuple[str, Any]] = []

    async def submit(self, prepared: Mapping[str, Any], *rest: Any) -> Any:
        self.rows = rows_of(self.url)
        event.listen(Engine, "before_cursor_execute", self._note)
        return await super().submit(prepared, *rest)

    def _note(self, conn: Any, cursor: Any, statement: str, parameters: Any, context: Any, many: bool) -> None:
        if statement.lstrip().lower().startswith(_WRITES):
            self.writes.append((statement, parameters))


def record(name: str) -> None:
    found = programs()
    assert found, "no PostgreSQL server is installed"
    cluster = Cluster(found)
    try:
        with tempfile.TemporaryDirectory() as place:
            shelf = Asking(cluster.url)
            settings = Settings(home=Path(place) / "home", hands=1, database=cluster.url)
            with Studio(settings, providers={"offline": Offline(), "shelf": shelf}) as studio:
                studio.clip(PROMPT, model=FAST, **SURE)
                event.remove(Engine, "before_cursor_execute", shelf._note)
            vault = settings.vault / "local"
            files = {p.name: base64.b64encode(p.read_bytes()).decode() for p in vault.glob("??/*") if p.is_file()}
    finally:
        cluster.stop()
    kept = {"rows": shelf.rows, "writes": shelf.writes, "files": files}
    (HOMES / f"{name}.answer.json").write_text(json.dumps(kept, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    record(sys.argv[1])
