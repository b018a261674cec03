"""Retention policies: how long files are kept, for the deployment, an account or a project."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field, fields, replace
from datetime import datetime, timedelta
from typing import Final, Literal

from reelwright.reel.base.value import define_value

RetentionScope = Literal["deployment", "account", "project"]
Keep = Literal["keep"]
Span = int | Keep | None
"""Seconds that something is kept; ``keep``: for good; None: what the next wider policy says."""
DEFAULT_GRACE_S: Final = 600
"""Seconds between the end of a file and its deletion, if no policy says otherwise."""


@define_value
class RetentionPolicy:
    """A policy. Each field is a time after which something goes.

    ``files``: the files of a job, after it ended. ``after_download``: the same, after they were downloaded whole.
    ``spare_takes``: takes that no film uses, after they arrived. ``unused_assets``: pictures and clips of the person's
    own that no project uses, after they were stored. ``grace``: between the end of a file and its deletion.
    """

    files: Span = None
    after_download: Span = None
    spare_takes: Span = None
    unused_assets: Span = None
    grace: Span = None

    def merge(self, wider: RetentionPolicy) -> RetentionPolicy:
        """Return this policy, with the fields that it leaves open from a wider one."""
        names = [one.name for one in fields(self) if getattr(self, one.name) is None]
        return replace(self, **{name: getattr(wider, name) for name in names})

    @property
    def grace_s(self) -> int:
        """Seconds between the end of a file and its deletion."""
        return self.grace if isinstance(self.grace, int) else DEFAULT_GRACE_S

    def compute_end(self, finished_at: datetime | None, downloaded_at: datetime | None) -> datetime | None:
        """Return when a finished job's files end, before the grace; None: it has not finished, or they stay."""
        ends = [
            at + timedelta(seconds=span)
            for at, span in ((finished_at, self.files), (downloaded_at, self.after_download))
            if at is not None and isinstance(span, int)
        ]
        return min(ends) if finished_at and ends else None


@define_value
class RetentionPolicies:
    """All policies: of the deployment, by account, and by account and project."""

    deployment: RetentionPolicy = RetentionPolicy()
    accounts: Mapping[str, RetentionPolicy] = field(default_factory=dict)
    projects: Mapping[tuple[str, str], RetentionPolicy] = field(default_factory=dict)

    def find_for(self, account: str, project: str | None = None) -> RetentionPolicy:
        """Return the policy of a project, or of an account, with open fields filled from the wider ones."""
        found = self.accounts.get(account, RetentionPolicy()).merge(self.deployment)
        own = self.projects.get((account, project)) if project else None
        return own.merge(found) if own else found

    def list_own_projects(self, account: str) -> tuple[str, ...]:
        """List the projects of an account that have a policy of their own."""
        return tuple(sorted(project for owner, project in self.projects if owner == account))
