"""The project of each row of a batch: found or opened, and requested once more if its take failed for a passing reason.

One rule makes a second run safe, however the first one ended: a row is identified by what it asks for and by how many
equal rows come before it. This gives the digest by which its project is found, and the number of its orders in the
account: the first that no equal row has, as by a retake.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from itertools import count, islice
from pathlib import Path

from reelwright.errors import StaleRevision
from reelwright.reel.film.command import Command, compute_row_digest
from reelwright.reel.graph.orders import NumberedOrder
from reelwright.reel.graph.wanted_steps import find_wanted_steps
from reelwright.reel.records.operation import Standing
from reelwright.studio.films import project_run
from reelwright.studio.films.failed_takes import request_failed_takes
from reelwright.studio.films.new_project import build_new_standing
from reelwright.studio.results.rows import Row, shorten_title
from reelwright.studio.runtime.home import Home
from reelwright.studio.runtime.shot_orders import find_order


class RowProjects:
    """Finds or opens the project of each row of a batch. Only ``open`` and ``record_retry_round`` write."""

    def __init__(self, home: Home) -> None:
        self._home = home

    async def find(self, row: Row) -> str | None:
        """Return the id of the project that an earlier run of the batch opened for this row; None if there is none."""
        return await self._home.journal.find_project(self._home.account, compute_row_digest(row.key, row.order_number))

    async def choose_order_number(self, row: Row) -> int:
        """Choose the number of the first orders of a row that has no project: no equal row has ordered with it.

        Two rows with one order would get the same take. Reads only.
        """
        digests = [compute_row_digest(row.key, nth) for nth in range(1, row.order_number)]
        taken = await self._home.ledger.list_taken_order_numbers(self._home.account, digests) if digests else {}
        free = (number for number in count(1) if not any(number in numbers for numbers in taken.values()))
        before = len(digests) - len(taken)
        return next(islice(free, before, None))

    async def open(self, row: Row) -> str:
        """Return the id of the row's project, and open the project unless an equal row has opened it earlier.

        Nobody else gets the number of its orders from then on, unless it is that of a clip which the account has. Buys
        nothing.
        """
        if project := await self.find(row):
            return project
        while True:
            number = await self.choose_order_number(row)
            with suppress(StaleRevision):
                return await self._open_with(row, number, self._list_orders(row, number) if number > 1 else [])
            if number == await self.choose_order_number(row):  # it is that of a clip of the account: the row has it too
                return await self._open_with(row, number, [])

    async def _open_with(self, row: Row, number: int, orders: Sequence[NumberedOrder]) -> str:
        """Open the row's project and reserve ``orders`` for it. Raises ``StaleRevision`` where another has one."""
        command = Command(
            name=shorten_title(row.brief.text),
            brief=row.brief,
            digest=compute_row_digest(row.key, row.order_number),
            plan=row.first_plan if row.is_planned else None,
            plan_author="person" if row.plan else "rules",
            order_number=number,
        )
        return (await self._home.journal.open_for_command(self._home.account, command, orders=orders))[0]

    def _list_orders(self, row: Row, number: int) -> list[NumberedOrder]:
        """List the row's first orders as far as they are known before anything is made."""
        home, plan = self._home, row.first_plan
        new = build_new_standing(home.settings, row.brief, plan, nth=number, encoding=home.encoding)
        return [(order, number) for shot in plan.shots if (order := find_order(new, shot))]

    async def read_standing(self, row: Row, project: str) -> Standing:
        """Read the project's standing under the row's goal, with a new round if its failed take is worth another try.

        Writes nothing.
        """
        standing = await self._home.journal.read_standing_with_spending(self._home.account, project)
        standing = project_run.aim_at_goal(standing, row.goal)
        return await request_failed_takes(self._home.ledger, standing, is_asked=False)

    async def is_up_to_date(self, row: Row, project: str) -> bool:
        """Return whether the project has everything that the row asks for, and no purchase of it is open."""
        standing = await self.read_standing(row, project)
        graph = self._home.producer.build_graph(standing)
        want = find_wanted_steps(graph, standing.choices, standing.outcomes, standing.deleted_assets)
        return (
            not (want.certain or want.possible or want.stuck)
            and standing.plan is not None
            and not standing.open_purchases
        )

    async def is_handed_over(self, row: Row) -> bool:
        """Return whether an earlier run finished this row's job, and a file is still at the path of that job."""
        project = await self.find(row)
        if project is None:
            return False
        jobs = await self._home.journal.list_jobs(self._home.account, project)
        return any(job.state == "done" and Path(job.options["out"]).is_file() for job in jobs if "out" in job.options)

    async def record_retry_round(self, project: str) -> None:
        """Write a revision that requests the takes again that failed for reasons that may pass. Buys nothing."""
        standing = await self._home.journal.read_standing(self._home.account, project)
        after = await request_failed_takes(self._home.ledger, standing, is_asked=False)
        if after is not standing and after.plan:
            plan, choices = after.plan, after.choices
            await self._home.journal.revise(self._home.account, project, standing.revision, plan, choices, "person")
