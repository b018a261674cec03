"""Every error that Reelwright raises on purpose, as one tree.

    ReelwrightError                     retry: never|later|ask · was_billed: no|yes|unknown · exit
    ├── BadInput                        names field, value and what is accepted          exit 2
    │   └── NothingCertain              no word of the brief can be shown with certainty exit 2
    ├── NotFound                        no such project, shot, take, job …               exit 2
    ├── MoneyError
    │   ├── NeedsConsent                stopped at a price                               exit 3
    │   └── OverBudget                  a cap would be passed; nothing was reserved      exit 5
    ├── DecisionNeeded                  a shot is stuck, or a check failed               exit 4
    │   ├── NotReconciled               the journal moved, or is behind its vault        exit 4
    │   └── DamagedAsset                bytes in the vault are not what they were, or not there
    ├── JournalError
    │   ├── LeaseLost                   somebody else drives this project now
    │   ├── StaleRevision               the plan was changed by someone else meanwhile
    │   └── StoreUnavailable            disk full, read-only, locked, server gone
    │       └── JournalDamaged          what the database holds is not what was written
    ├── MediaError                      carries the tool's last words
    │   ├── UnreadableMedia             what was given is not the media it claims to be
    │   ├── WrongResult                 a tool said yes, the probe of its result said no
    │   ├── MissingGlyphs               no bundled font can draw this text
    │   └── ToolMissing                 ffmpeg or a library cannot be loaded
    ├── ProviderError
    │   ├── Refused                     said no; never sent again; not billed
    │   ├── NotAccepted                 nothing was taken on; may be sent again later
    │   ├── OutcomeUnknown              sent, no answer: held until found or decided
    │   └── Unreachable                 a question that costs nothing got no answer; may be asked again
    ├── HandDied                        the process that did the work, or its ffmpeg, was killed
    └── Interrupted                     the person pressed Ctrl-C                        exit 130

Raised ``from`` its cause, logged once, at a door. ``retry`` and ``was_billed`` are fields, not prose.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, Literal

Retry = Literal["never", "later", "ask"]
Billed = Literal["no", "yes", "unknown"]


class ReelwrightError(Exception):
    """The base class of the tree. ``hint`` says what to do next; ``step`` names the shot or step that failed."""

    retry: Retry = "never"
    was_billed: Billed = "no"
    exit_code: int = 1

    def __init__(self, message: str, *, hint: str = "", step: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.step = step

    def __str__(self) -> str:
        return self.message

    def __reduce__(self) -> tuple[Any, ...]:
        # Errors cross the process boundary of hands: rebuild without calling a subclass's own __init__.
        return (_rebuild, (type(self), self.args, self.__dict__))


def _rebuild(kind: type[ReelwrightError], args: tuple[Any, ...], state: dict[str, Any]) -> ReelwrightError:
    error = kind.__new__(kind, *args)
    error.args = args
    error.__dict__.update(state)
    return error


class BadInput(ReelwrightError):
    """A value from outside that cannot be used. Raised before any money is spent or any file is written."""

    exit_code = 2

    def __init__(self, field: str, value: object, accepted: str, *, hint: str = "", step: str | None = None) -> None:
        shown = repr(value)
        if len(shown) > 120:
            shown = shown[:117] + "..."
        problem = (
            f"none is given; needed: {accepted}" if value is None else f"{shown} is not accepted; accepted: {accepted}"
        )
        super().__init__(f"{field}: {problem}", hint=hint, step=step)
        self.field, self.value, self.accepted = field, value, accepted


class NothingCertain(BadInput):
    """The rules found no word in the brief that can be shown with certainty, and no AI model makes pictures of it."""


class NotFound(ReelwrightError):
    """Nothing of that name or id in this account."""

    exit_code = 2


class MoneyError(ReelwrightError):
    """The base of errors about prices, consent and caps."""


class NeedsConsent(MoneyError):
    """The job stopped at a price that nobody has agreed to yet. Nothing was reserved, nothing started."""

    retry: Retry = "ask"
    exit_code = 3


class OverBudget(MoneyError):
    """A cap would be passed. Nothing was reserved, nothing started."""

    retry: Retry = "ask"
    exit_code = 5


class DecisionNeeded(ReelwrightError):
    """The job waits for a person: a shot is stuck, or a quality check failed."""

    retry: Retry = "ask"
    exit_code = 4


class NotReconciled(DecisionNeeded):
    """The journal is not where it was, or does not know what its vault knows. Nothing is bought; free work goes on.

    ``reconcile_report``: the JSON of ``spend reconcile``, if that command raised the error.
    """

    reconcile_report: Mapping[str, Any] | None = None


class DamagedAsset(DecisionNeeded):
    """A file in the vault no longer holds the bytes that were stored, or is missing although Reelwright never deleted
    it (a person did, or a disk is not mounted). Nothing is made from it, and nothing is bought for it.

    Files that Reelwright drew or encoded are made again at no cost. A person decides about files that were bought or
    that a person added.
    """

    NAMELESS: Final = "something that a film is made of"
    BACK: Final = "`reelwright doctor --vault` names the file: put it back from a backup, then resume"

    def __init__(
        self, digest: str, *, name: str = "", hint: str = "", step: str | None = None, is_missing: bool = False
    ) -> None:
        """Create the error. ``name``: what a person calls the file. ``is_missing``: it is not there at all."""
        problem = "is missing from the vault" if is_missing else "in the vault is damaged"
        super().__init__(f"{name or self.NAMELESS}: its file {problem}", hint=hint or self.BACK, step=step)
        self.digest, self.is_missing = digest, is_missing


class JournalError(ReelwrightError):
    """The base of errors about the database that holds the journal."""


class LeaseLost(JournalError):
    """Another director drives the project now. The late write of this one was refused."""

    retry: Retry = "later"


class StaleRevision(JournalError):
    """The plan moved on between reading and writing; read again and repeat the edit."""

    retry: Retry = "later"


class StoreUnavailable(JournalError):
    """The journal or the vault cannot be written: disk full, read-only, locked, or the server is gone."""

    retry: Retry = "later"


class JournalDamaged(StoreUnavailable):
    """The database's file is damaged: it cannot be read, or holds data that we did not write. Restore a backup."""

    retry: Retry = "never"


class MediaError(ReelwrightError):
    """A media tool failed. ``last_words`` is the tail of what it printed."""

    def __init__(self, message: str, *, last_words: str = "", hint: str = "", step: str | None = None) -> None:
        tail = last_words.strip()[-600:]
        super().__init__(f"{message}: {tail}" if tail else message, hint=hint, step=step)
        self.last_words = tail


class UnreadableMedia(MediaError):
    """The bytes are not the media they claim to be, or pass a limit."""

    exit_code = 2


class WrongResult(MediaError):
    """The tool reported success, but the probe of its result failed. An exit status is not evidence."""


class MissingGlyphs(MediaError):
    """No bundled font covers the text, so it is not drawn at all rather than drawn with boxes."""


class ToolMissing(MediaError):
    """ffmpeg or a drawing library cannot be loaded on this machine."""


class ProviderError(ReelwrightError):
    """The base of errors about a provider's answer, or its absence."""


class Refused(ProviderError):
    """The provider said no (bad request, key, funds, content policy). One request only; not billed.

    ``is_final``: the very same request would be refused again, whatever is done about keys and funds.
    """

    def __init__(self, message: str, *, is_final: bool = False, hint: str = "", step: str | None = None) -> None:
        super().__init__(message, hint=hint, step=step)
        self.is_final = is_final


class NotAccepted(ProviderError):
    """The provider did not accept the request (connection refused, 429). It may be sent again after ``after_s`` s."""

    retry: Retry = "later"

    def __init__(self, message: str, *, after_s: float = 0.0, hint: str = "", step: str | None = None) -> None:
        super().__init__(message, hint=hint, step=step)
        self.after_s = after_s


class OutcomeUnknown(ProviderError):
    """The request was sent, but no answer came. The reservation stays; it is never sent again automatically."""

    retry: Retry = "ask"
    was_billed: Billed = "unknown"


class Unreachable(ProviderError):
    """A poll, a download, an upload or another free call got no complete answer. It may be repeated.

    ``after_s``: seconds to wait before that, if the provider said so.
    """

    retry: Retry = "later"

    def __init__(self, message: str, *, after_s: float = 0.0, hint: str = "", step: str | None = None) -> None:
        super().__init__(message, hint=hint, step=step)
        self.after_s = after_s


class HandDied(ReelwrightError):
    """The process that did the work, or the ffmpeg that it ran, was killed (out of memory). Doing it again may help."""

    retry: Retry = "later"


class Interrupted(ReelwrightError):
    """The person pressed Ctrl-C. The job stays; ``hint`` says how to go on."""

    retry: Retry = "later"
    exit_code = 130
