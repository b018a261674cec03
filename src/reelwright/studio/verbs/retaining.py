"""Retention policies: read and set how long files are kept, and sweep away what has ended."""

from __future__ import annotations

from collections.abc import Mapping

from reelwright.errors import BadInput
from reelwright.studio.accounts import retention
from reelwright.studio.verbs.base import StudioBase


class Retaining(StudioBase):
    """The verbs on how long files are kept: read and set retention policies, and delete what they end."""

    async def read_retention(self) -> retention.RetentionReport:
        """Read how long files of this account are kept, by the policies of deployment, account and projects."""
        return await retention.read_retention(await self._open_home())

    async def set_retention(
        self,
        *,
        project: str | None = None,
        deployment: bool = False,
        files: str | None = None,
        after_download: str | None = None,
        spare_takes: str | None = None,
        unused_assets: str | None = None,
        grace: str | None = None,
    ) -> retention.RetentionReport:
        """Replace how long files of this account, of a ``project``, or of the whole ``deployment`` are kept.

        Each time is one such as ``30d``, ``12h`` or ``5s``, or ``keep``; None leaves it to
        the wider policy. ``files``: the files of a job, after it ended. ``after_download``: the same, after they were
        downloaded whole. ``spare_takes``: takes that no film uses. ``unused_assets``: pictures and clips of your own
        that no project uses. ``grace``: between the end of a file and its deletion. Raises ``BadInput``, ``NotFound``.
        """
        if project is not None and deployment:
            raise BadInput("project", project, "nothing together with deployment")
        given = {
            "files": files, "after_download": after_download, "spare_takes": spare_takes,
            "unused_assets": unused_assets, "grace": grace,
        }  # fmt: skip
        if deployment:
            return await retention.set_retention(await self._open_home(), "deployment", None, given)
        return await self.replace_retention(project, given)

    async def replace_retention(self, project: str | None, spans: Mapping[str, object]) -> retention.RetentionReport:
        """Replace the retention policy of a project, or of this account (None), by times such as ``{"files": "30d"}``.

        Raises ``BadInput`` for an unknown name or time, and ``NotFound``.
        """
        home = await self._open_home()
        if project is None:
            return await retention.set_retention(home, "account", None, spans)
        return await retention.set_retention(home, "project", await self._find_project(home, project), spans)

    async def sweep_files(self, *, is_dry_run: bool = False) -> retention.SweepResult:
        """Delete files of all accounts whose retention and grace time are over, and mark those whose grace begins.

        ``is_dry_run``: only count. Nothing happens while another process sweeps.
        """
        await self._open_home()
        assert self._runtime
        return await retention.sweep(self._runtime, is_dry_run=is_dry_run)
