"""Every error that Reelwright raises on purpose, as one tree.

    ReelwrightError                     retry: never|later|ask · billed: no|yes|unknown · exit
    ├── BadInput                        names field, value and what is accepted          exit 2
    │   └── NothingCertain              a brief of which no word can be shown            exit 2
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

Raised ``from`` its cause, logged once, at a door. ``retry`` and ``billed`` are fields, not prose.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, Literal

Retry = Literal["never", "later", "ask"]
Billed = Literal["no", "yes", "unknown"]


class ReelwrightError(Exception):
    """Base of the tree. ``hint`` says what to do next; ``step`` names the shot or step it happened to."""

    retry: Retry = "never"
    billed: Billed = "no"
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
        said = (
            f"none is given; needed: {accepted}" if value is None else f"{shown} is not accepted; accepted: {accepted}"
        )
        super().__init__(f"{field}: {said}", hint=hint, step=step)
        self.field, self.value, self.accepted = field, value, accepted


class NothingCertain(BadInput):
    """A brief of which no word can be shown with certainty, where nothing makes pictures of it."""


class NotFound(ReelwrightError):
    """Nothing of that name or id in this account."""

    exit_code = 2


class MoneyError(ReelwrightError):
    """Anything about prices, consent and caps."""


class NeedsConsent(MoneyError):
    """Stopped at a price: nobody agreed to it yet. Nothing was reserved, nothing started."""

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

    ``found``: what ``spend reconcile`` lists, as JSON, where that is what was asked for.
    """

    found: Mapping[str, Any] | None = None


class DamagedAsset(DecisionNeeded):
    """A file in the vault no longer holds the bytes that were landed, or is not there though nothing of ours deleted it
    (a hand, a disk that is not mounted). Nothing is made of it, nothing is bought for it.

    What we made ourselves is made again for nothing; what was bought, or brought by a person, a person decides about.
    """

    NAMELESS: Final = "something that a film is made of"
    BACK: Final = "`reelwright doctor --vault` names the file: put it back from a backup, then resume"

    def __init__(
        self, digest: str, *, name: str = "", hint: str = "", step: str | None = None, missing: bool = False
    ) -> None:
        """``name``: what a person calls the file. ``missing``: it is not there at all."""
        said = "is missing from the vault" if missing else "in the vault is damaged"
        super().__init__(f"{name or self.NAMELESS}: its file {said}", hint=hint or self.BACK, step=step)
        self.digest, self.missing = digest, missing


class JournalError(ReelwrightError):
    """Anything about the database that holds the journal."""


class LeaseLost(JournalError):
    """This director no longer drives the project; its late write was refused."""

    retry: Retry = "later"


class StaleRevision(JournalError):
    """The plan moved on between reading and writing; read again and repeat the edit."""

    retry: Retry = "later"


class StoreUnavailable(JournalError):
    """The journal or the vault cannot be written: disk full, read-only, locked, or the server is gone."""

    retry: Retry = "later"


class JournalDamaged(StoreUnavailable):
    """The database's file is damaged: it cannot be read, or holds what nobody wrote. A backup is to be restored."""

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
    """The tool reported success, the probe of its result did not. An exit status is not evidence."""


class MissingGlyphs(MediaError):
    """No bundled font covers the text, so it is not drawn at all rather than drawn with boxes."""


class ToolMissing(MediaError):
    """ffmpeg or a drawing library cannot be loaded on this machine."""


class ProviderError(ReelwrightError):
    """Anything a provider answered, or did not."""


class Refused(ProviderError):
    """The provider said no (bad request, key, funds, content policy). One request only; not billed.

    ``is_final``: the very same request would be refused again, whatever is done about keys and funds.
    """

    def __init__(self, message: str, *, is_final: bool = False, hint: str = "", step: str | None = None) -> None:
        super().__init__(message, hint=hint, step=step)
        self.is_final = is_final


class NotAccepted(ProviderError):
    """Nothing was taken on (connection refused, 429). Safe to send again after ``after_s`` seconds."""

    retry: Retry = "later"

    def __init__(self, message: str, *, after_s: float = 0.0, hint: str = "", step: str | None = None) -> None:
        super().__init__(message, hint=hint, step=step)
        self.after_s = after_s


class OutcomeUnknown(ProviderError):
    """Sent, but no answer was seen. The reservation stays held; never sent again by itself."""

    retry: Retry = "ask"
    billed: Billed = "unknown"


class Unreachable(ProviderError):
    """A poll, a download, an upload or another call that costs nothing got no whole answer. It may be asked again.

    ``after_s``: not sooner than so many seconds from now, where the provider said so.
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
