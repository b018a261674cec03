"""Orders: the same thing is bought once per account and number; projects are found by what was asked for."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any

import sqlalchemy as sa
from alembic import op

from reelwright.reel.base.document import from_json
from reelwright.reel.film.breakdown import build_graph, make_take_key
from reelwright.reel.film.command import compute_plain_command_digest, compute_row_digest
from reelwright.reel.film.plan import Plan
from reelwright.reel.graph.choices import Choices, compute_round_fingerprint
from reelwright.reel.graph.graph import compute_order_fingerprint, compute_step_fingerprint
from reelwright.reel.graph.request import Request

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    conn = op.get_bind()
    _columns()
    scopes = _number(conn, _rounds(conn), _samples(conn))
    _constraints(conn)
    if scopes:  # only now that orders are numbered is each of them one of a kind in its account
        conn.execute(sa.text("UPDATE purchases SET scope = :scope WHERE id = :id"), scopes)
    _find_by(conn)


def _columns() -> None:
    op.create_table(
        "requests",
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("project", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["account"], ["accounts.id"], name=op.f("fk_requests_account_accounts")),
        sa.ForeignKeyConstraint(["project"], ["projects.id"], name=op.f("fk_requests_project_projects")),
        sa.PrimaryKeyConstraint("account", "key", name=op.f("pk_requests")),
    )
    op.add_column("projects", sa.Column("found_by", sa.Text(), nullable=True))
    op.add_column("projects", sa.Column("nth", sa.BigInteger(), nullable=False, server_default=sa.text("1")))
    op.add_column("purchases", sa.Column("order_fingerprint", sa.Text(), nullable=False, server_default=sa.text("''")))
    op.add_column("purchases", sa.Column("n", sa.BigInteger(), nullable=False, server_default=sa.text("1")))
    op.add_column("purchases", sa.Column("samples", sa.BigInteger(), nullable=False, server_default=sa.text("1")))
    op.add_column("jobs", sa.Column("delivered_at", sa.BigInteger(), nullable=True))


def _constraints(conn: sa.Connection) -> None:
    if conn.dialect.name == "sqlite":
        _rebuild(conn, "projects", _PROJECTS, without="reuse")
        _rebuild(conn, "purchases", _PURCHASES)
        return
    op.drop_constraint("ck_projects_reuse_known", "projects")
    op.drop_column("projects", "reuse")
    op.create_check_constraint(op.f("ck_projects_nth_counts"), "projects", "nth >= 0")
    op.create_unique_constraint(op.f("uq_projects_account_found_by"), "projects", ["account", "found_by"])
    op.drop_constraint("uq_purchases_scope_fingerprint_try", "purchases")
    op.create_check_constraint(op.f("ck_purchases_n_counts"), "purchases", "n >= 1")
    op.create_unique_constraint(
        op.f("uq_purchases_scope_order_fingerprint_n_try"), "purchases", ["scope", "order_fingerprint", "n", "try"]
    )


_PROJECTS = (
    ("\treuse TEXT NOT NULL, \n", ""),
    (
        "CONSTRAINT ck_projects_reuse_known CHECK (reuse IN ('project', 'account'))",
        "CONSTRAINT ck_projects_nth_counts CHECK (nth >= 0), \n\t"
        "CONSTRAINT uq_projects_account_found_by UNIQUE (account, found_by)",
    ),
)
_PURCHASES = (
    (
        "CONSTRAINT uq_purchases_scope_fingerprint_try UNIQUE (scope, fingerprint, try)",
        "CONSTRAINT ck_purchases_n_counts CHECK (n >= 1), \n\t"
        "CONSTRAINT uq_purchases_scope_order_fingerprint_n_try UNIQUE (scope, order_fingerprint, n, try)",
    ),
)
"""What SQLite cannot alter: text of its definition, and what stands there from now on."""


def _rebuild(conn: sa.Connection, table: str, edits: Sequence[tuple[str, str]], without: str = "") -> None:
    """Make ``table`` anew by an edited definition, as SQLite's documentation of ALTER TABLE says, with its rows."""
    of_table = sa.text("SELECT sql FROM sqlite_master WHERE tbl_name = :table AND type = :type AND sql IS NOT NULL")
    sql = conn.execute(of_table, {"table": table, "type": "table"}).scalar_one()
    indexes = conn.execute(of_table, {"table": table, "type": "index"}).scalars().all()
    columns = [column["name"] for column in sa.inspect(conn).get_columns(table) if column["name"] != without]
    for old, new in edits:
        assert old in sql, f"{table} is not as the migration before left it: {old}"
        sql = sql.replace(old, new)
    listed = ", ".join(f'"{name}"' for name in columns)
    # Nothing of these statements comes from outside: names and definitions of tables that we made.
    conn.exec_driver_sql(re.sub(rf'^CREATE TABLE "?{table}"? \(', f"CREATE TABLE {table}_anew (", sql))
    conn.exec_driver_sql(f"INSERT INTO {table}_anew ({listed}) SELECT {listed} FROM {table}")  # noqa: S608
    conn.exec_driver_sql(f"DROP TABLE {table}")
    conn.exec_driver_sql(f"ALTER TABLE {table}_anew RENAME TO {table}")
    for index in indexes:
        conn.exec_driver_sql(index)


def _revisions(conn: sa.Connection, first_only: bool) -> Iterator[Any]:
    query = "SELECT project, plan, choices, author FROM revisions"
    yield from conn.execute(sa.text(f"{query} WHERE number = 1" if first_only else query))


def _rounds(conn: sa.Connection) -> dict[tuple[str, str], str]:
    """Of each project, what every round that was asked for is a round of."""
    found: dict[tuple[str, str], str] = {}
    for row in _revisions(conn, first_only=False):
        if '"asks":[]' not in row.choices:
            for ask in from_json(Choices, row.choices, "choices").retakes:
                found[row.project, compute_round_fingerprint(ask)] = ask.fingerprint
    return found


def _samples(conn: sa.Connection) -> dict[str, str]:
    """Fingerprints of clips that asked for several samples at once, each with that of one sample."""
    found: dict[str, str] = {}
    for row in _revisions(conn, first_only=True):
        if '"samples":1' in row.plan and '"samples":' not in row.plan.replace('"samples":1', ""):
            continue
        plan = from_json(Plan, row.plan, "plan")
        graph = build_graph(plan, "takes")
        for shot in plan.shots:
            if (
                not isinstance(shot.source, Request)
                or shot.source.samples == 1
                or any(i.of for i in shot.source.inputs)
            ):
                continue
            step = graph.steps[make_take_key(shot.id)]
            fp = compute_step_fingerprint(step, {})
            if fp:
                digests = tuple(i.asset for i in step.inputs if i.asset)
                found[fp] = compute_order_fingerprint(step, fp, digests)
    return found


def _number(conn: sa.Connection, asks: dict[tuple[str, str], str], bases: dict[str, str]) -> list[dict[str, Any]]:
    """Every purchase becomes a try of an order. What was had in several projects was wanted several times.

    Returns the scope that each has from now on: its account, but for what we make ourselves.
    """
    query = "SELECT id, account, project, scope, fingerprint, resubmit, succeeded_at, intent_at FROM purchases"
    orders: dict[tuple[str, str], dict[tuple[str, str], list[Any]]] = defaultdict(lambda: defaultdict(list))
    updates: list[dict[str, Any]] = []
    scopes: list[dict[str, Any]] = []
    for row in conn.execute(sa.text(f"{query} ORDER BY intent_at, id")):
        base = asks.get((row.project, row.fingerprint), row.fingerprint)
        base = bases.get(base, base)
        if row.resubmit == "free":
            updates.append({"id": row.id, "of": row.fingerprint, "n": 1})
        else:
            shared = row.account if row.scope == row.account else row.project
            orders[row.account, base][shared, row.fingerprint].append(row)
    for (account, base), groups in orders.items():
        landed_first = sorted(
            groups.values(), key=lambda rows: (all(r.succeeded_at is None for r in rows), rows[0].intent_at, rows[0].id)
        )
        for n, rows in enumerate(landed_first, 1):
            updates += [{"id": row.id, "of": base, "n": n} for row in rows]
            scopes += [{"id": row.id, "scope": account} for row in rows]
    if updates:
        conn.execute(sa.text("UPDATE purchases SET order_fingerprint = :of, n = :n WHERE id = :id"), updates)
    return scopes


def _find_by(conn: sa.Connection) -> None:
    """Projects are found by what was asked for: of several of one command, the newest. No brief speaks of reuse."""
    first = {row.project: row for row in _revisions(conn, first_only=True)}
    taken: set[tuple[str, str]] = set()
    updates = []
    rows = {job.project: json.loads(job.options) for job in conn.execute(sa.text("SELECT project, options FROM jobs"))}
    for row in conn.execute(sa.text("SELECT id, account, brief FROM projects ORDER BY created_at DESC, id DESC")):
        brief = {key: value for key, value in json.loads(row.brief).items() if key != "reuse"}
        options = rows.get(row.id, {})
        nth = 1
        if "row" in options:
            nth = int(options["nth"])
            digest = compute_row_digest(options["row"], nth)
        else:
            made = first.get(row.id)
            given = (json.loads(made.plan), json.loads(made.choices)) if made and made.author == "person" else None
            digest = compute_plain_command_digest(brief, given)
        newest = (row.account, digest) not in taken
        taken.add((row.account, digest))
        brief_text = json.dumps(brief, ensure_ascii=True, separators=(",", ":"))
        updates.append({"id": row.id, "brief": brief_text, "found_by": digest if newest else None, "nth": nth})
    if updates:
        conn.execute(
            sa.text("UPDATE projects SET brief = :brief, found_by = :found_by, nth = :nth WHERE id = :id"), updates
        )
