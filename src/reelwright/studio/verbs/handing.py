"""Handing over: archives, films as files, and tidying up."""

from __future__ import annotations

from pathlib import Path

from reelwright.studio import (
    applying,
    checked,
    deliver,
    handover,
    shown,
)
from reelwright.studio.answers import (
    Exported,
    FilmMade,
    Pulled,
    Quoted,
    Tidied,
)
from reelwright.studio.film_budget import with_spent
from reelwright.studio.telling import Listen
from reelwright.studio.tidying import tidying
from reelwright.studio.verbs.opened import Opened


class Handing(Opened):
    """Handing over: archives, films as files, and tidying up."""

    async def export(self, project: str, out: str | Path | None = None) -> Exported:
        """One zip: film, sidecars, film.yaml, materials. No paths of this machine, no secrets."""
        home = await self._found()
        standing, plan = await self._planned(home, project)
        name = f"{deliver.slug(plan.title)}-{deliver.short(standing.project)}.zip"
        path = handover.archive_at(checked.place("out", out) or Path(name).absolute(), name)
        return await handover.export(home.vault, standing, shown.film_had(standing), path)

    async def pull(self, project: str, folder: str | Path | None = None) -> Pulled:
        """``film.yaml`` and its materials into ``folder`` (default: named after the project)."""
        home = await self._found()
        standing, plan = await self._planned(home, project)
        name = f"{deliver.slug(plan.title)}-{deliver.short(standing.project)}"
        path = checked.place("folder", folder) or Path(name).absolute()
        await applying.refuse_edited(home, path, standing.project)
        return await handover.pull(home.vault, standing, path)

    async def quote_apply(self, folder: str | Path, *, listen: Listen | None = None) -> Quoted:
        """What ``apply`` would want, and its price. Spends nothing.

        A cancel that was asked for before and is not carried out yet is, first.
        """
        home = await self._opened()
        return await with_spent(home, (await applying.read_into(home, folder, listen)).quote)

    async def apply(
        self,
        folder: str | Path,
        *,
        out: str | Path | None = None,
        yes: bool | Quoted = False,
        budget: str | int | float | None = None,
        accept_unconfirmed: bool = False,
        unknown_at_most: str | int | float | None = None,
        listen: Listen | None = None,
    ) -> FilmMade:
        """A ``film.yaml`` back into its project (a new one where it is not known here). May spend."""
        self._check_out(out)
        home = await self._opened()
        applied = await applying.read_into(home, folder, listen)
        quote = await with_spent(home, applied.quote)
        consent = self._agreed(quote, yes, budget, accept_unconfirmed, unknown_at_most)
        project = await applying.write_into(home, applied)
        return await self._bring(home, project, "film", quote, consent, out, listen)

    async def tidy(self, project: str | None = None, *, losing_takes: bool = False, dry: bool = False) -> Tidied:
        """Sweep leftover workrooms; on request also the bytes of takes that no film uses. Says how much."""
        if not self._is_there:
            return Tidied(workrooms=0, takes=0, size=0, dry=dry)
        home = await self._opened()
        only = await self._project(home, project) if project is not None else None
        return await tidying(home, only, losing_takes=losing_takes, dry=dry)
