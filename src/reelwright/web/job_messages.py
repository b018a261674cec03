"""The messages of jobs, purchases and checks in the language of a page, each made from its reason."""

from __future__ import annotations

from collections.abc import Iterable

from reelwright.messages import Names, Sentences, format_plain_action, format_reason, format_step_reason
from reelwright.net.redact import redact_shown
from reelwright.reason import Action
from reelwright.reel.base.value import ShotId
from reelwright.studio.quotes.progress_reporter import build_names
from reelwright.studio.results.listings import JobSummary
from reelwright.studio.results.results import Finding, ShotSummary
from reelwright.studio.results.spending_report import PurchaseRow


class ReasonTexts:
    """Formats reasons in a language. ``is_english``: the sentence that a result has is taken as it is."""

    def __init__(self, sentences: Sentences, *, is_english: bool) -> None:
        self._sentences, self._is_english = sentences, is_english

    def format_job(self, job: JobSummary | Finding, shots: Iterable[ShotSummary] = ()) -> str:
        """Return the message of a job or of a check. ``shots``: of its film, so that their numbers can be named."""
        if self._is_english or job.reason is None:
            return job.message
        shots = tuple(shots)
        names = _name_all({one.id: one.n for one in shots}, {one.take: one.n for one in shots if one.take})
        return redact_shown(format_step_reason(job.reason, names, self._sentences))

    def format_purchase(self, row: PurchaseRow) -> str:
        """Return the message of a purchase."""
        if self._is_english or row.reason is None:
            return row.message
        others = _name_all({}, {})

        def name_step(key: str) -> str:
            is_own = row.shot and key == row.step
            return f"{key.partition('/')[0]} of shot {row.shot}" if is_own else others.name_step(key)

        return redact_shown(format_reason(row.reason, Names(name_step, others.name_file), self._sentences))

    def format_action(self, action: Action) -> str:
        """Return what a person can do, as the text of a button."""
        text = format_plain_action(action, self._sentences)
        return f"{text[:1].upper()}{text[1:]}"


def _name_all(shots: dict[ShotId, int], takes: dict[str, int]) -> Names:
    """Build the names of a film's steps; a step of a shot that is not among ``shots`` is called by its kind."""
    known = build_names(shots, takes)

    def name_step(key: str) -> str:
        name = known.name_step(key)
        return key.partition("/")[0] if name == key else name

    return Names(name_step, known.name_file)
