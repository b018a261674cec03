"""Every error that Reelwright raises on purpose, as one tree.

    ReelwrightError                     retry: never|later|ask · was_billed: no|yes|unknown · exit
    ├── BadInput                        names field, value and what is accepted          exit 2
    │   ├── KeyMissing                  no key of a provider that is asked               exit 2
    │   ├── TooLarge                    a picture with too many bytes                    exit 2
    │   ├── LengthOutOfReach            knows the nearest length that can be             exit 2
    │   ├── TooLong                     names field, length and limit                    exit 2
    │   ├── VoiceMissing                a voice of this machine without its weights      exit 2
    │   │   └── VoiceExtraMissing       the same, without an extra of this package       exit 2
    │   └── NothingToShow               nothing in the brief can be shown in a film exit 2
    ├── NotFound                        no such project, shot, take, job …               exit 2
    ├── AccessDenied                    no API key, an unknown one, or a role too low    exit 2
    ├── TooManyRequests                 a key or an address asked too often; may ask again later
    ├── CancelAtWork                    a cancel of the job has not ended yet; may be asked again later
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
    ├── EngineFailed                    an engine on this machine ended, or never got ready
    └── Interrupted                     the person pressed Ctrl-C                        exit 130

Raised ``from`` its cause, logged once, at a door. ``code``, ``params``, ``retry`` and ``was_billed`` are data; the text
is made from them in ``reelwright.messages``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any, Literal, Self

from reelwright.messages import PLAIN, Names, format_advice, format_reason, format_step_reason
from reelwright.reason import Action, Reason, to_params, to_plain

Retry = Literal["never", "later", "ask"]
Billed = Literal["no", "yes", "unknown"]
QUESTIONS = ("name", "offer", "when", "where")
"""What is asked of a brief that says nothing."""


class ReelwrightError(Exception):
    """Base class of all errors that Reelwright raises on purpose: each holds a code and values, and its text is made
    from them.

    ``code`` names the case for programs and stays the same between releases; ``params`` are its values. The text comes
    from ``reelwright.messages``. An error of a provider's adapter may instead give its text as ``message``: its code is
    then that of its class. ``actions``: what a person can do next. ``hint``: advice that is no action. ``step`` names
    the step that failed.
    """

    code: str = "error"
    retry: Retry = "never"
    was_billed: Billed = "no"
    exit_code: int = 1
    names: Names = PLAIN

    def __init__(
        self,
        message: str = "",
        /,
        *,
        code: str = "",
        hint: str = "",
        step: str | None = None,
        actions: Iterable[Action] = (),
        **params: Any,
    ) -> None:
        super().__init__(message)
        self.code = code or self.code
        self.params = to_params(params if code else {"message": message, **params})
        self.advice = hint
        self.step = step
        self.actions = tuple(actions)

    @property
    def message(self) -> str:
        """The error as a sentence for a person, without advice."""
        return format_step_reason(self.to_reason(), self.names)

    @property
    def hint(self) -> str:
        """Advice for a person on what to do about the error. Empty if nothing is known that helps."""
        return format_advice(self.to_reason(), self.names)

    def to_reason(self) -> Reason:
        """Return the error as a ``Reason``, which can be stored and sent; secrets in it are not redacted."""
        params = {**self.params, "hint": self.advice} if self.advice else self.params
        return Reason(code=self.code, step=self.step, params=params, actions=self.actions)

    @classmethod
    def from_reason(cls, reason: Reason, names: Names = PLAIN) -> Self:
        """Build an error of this class from a stored reason, whatever class the original error had.

        ``names``: what a person calls the project's steps and files.
        """
        error = cls(code=reason.code, step=reason.step, actions=reason.actions, **reason.params)
        error.names = names
        return error

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
    """Raised for a value from outside that cannot be used, before any money is spent or any file is written."""

    code = "invalid_value"
    missing_code = "missing_value"
    exit_code = 2

    def __init__(
        self,
        field: str,
        value: object,
        accepted: str,
        *,
        hint: str = "",
        step: str | None = None,
        actions: Iterable[Action] = (),
        more: Mapping[str, str] = MappingProxyType({}),
    ) -> None:
        """Create the error. ``accepted``: what the field accepts, as a phrase of a sentence; ``more``: more params."""
        code, plain = self.missing_code if value is None else self.code, to_plain(value)
        params = {"field": field, "value": plain, "accepted": accepted, **more}
        super().__init__(code=code, hint=hint, step=step, actions=actions, **params)
        self.field, self.value, self.accepted = field, value, accepted

    @property
    def message(self) -> str:
        """The error as a sentence for a person, which names the field and not the step."""
        return format_reason(self.to_reason(), self.names)


class KeyMissing(BadInput):
    """Raised where a provider is asked for something and there is no key of it."""

    missing_code = "provider_key_missing"


class LengthOutOfReach(BadInput):
    """Raised for a length of a film that its screens cannot have. ``nearest_s``: the whole seconds nearest to it that
    they can.
    """

    def __init__(self, requested: str, accepted: str, nearest_s: int) -> None:
        """Create the error. ``accepted``: which lengths the screens can have, as a phrase of a sentence."""
        super().__init__("length", requested, accepted)
        self.nearest_s = nearest_s


class TooLong(BadInput):
    """Raised for a value that is longer than its field may be, before anything else of it is looked at."""

    code = "value_too_long"

    def __init__(self, field: str, length: int, limit: int, unit: str = "characters") -> None:
        """Create the error. ``length``, ``limit``: how long the value is and may be, in ``unit`` such as characters."""
        super().__init__(field, f"{length} {unit}", f"at most {limit} {unit}")
        self.params = {**self.params, "length": length, "limit": limit, "unit": unit}


class TooLarge(BadInput):
    """Raised for a picture that has more bytes than are taken."""

    code = "picture_above_limit"


class VoiceMissing(BadInput):
    """Raised for a voice of this machine whose weights are not there."""

    code = "voice_weights_missing"


class VoiceExtraMissing(VoiceMissing):
    """Raised for a voice of this machine that needs an extra of this package: what it accepts is the extra's name."""

    code = "voice_extra_missing"


class NothingToShow(BadInput):
    """Raised when a brief says nothing that a film could show. Its actions are questions about what is needed."""

    code = "nothing_to_show"

    def __init__(
        self, field: str, value: object, accepted: str = "what the film is for, what is on offer, when and where"
    ) -> None:
        """Create the error for the brief ``value``. ``accepted``: what would make a film, as a phrase of a sentence."""
        questions = [Action("answer_question", {"question": question}) for question in QUESTIONS]
        actions = (*questions, Action("list_models", {"can": "plan"}))
        super().__init__(field, value, accepted, actions=actions)


class NotFound(ReelwrightError):
    """Raised when nothing of that name or id exists in this account."""

    code = "not_found"
    exit_code = 2


class AccessDenied(ReelwrightError):
    """Raised for a request to the server without a valid API key or session, or by a caller whose role may not do
    this.
    """

    code = "access_denied"
    exit_code = 2


class TooManyRequests(ReelwrightError):
    """Raised for a request to the server above a limit of requests or of open streams."""

    code = "too_many_requests"
    retry = "later"

    @property
    def left_s(self) -> int:
        """Seconds after which the client may ask again."""
        return int(self.params.get("left_s", 1))


class CancelAtWork(ReelwrightError):
    """Raised for a request about a job whose cancel is still at work at its provider."""

    code = "cancel_at_work"
    retry = "later"


class MoneyError(ReelwrightError):
    """Base class of errors about prices, consent and budgets."""

    code = "money_error"


class NeedsConsent(MoneyError):
    """Raised for a price that nobody has agreed to yet. Nothing was reserved, nothing started."""

    code = "needs_consent"
    retry: Retry = "ask"
    exit_code = 3


class OverBudget(MoneyError):
    """Raised when a price would exceed a budget. Nothing was reserved, nothing started."""

    code = "over_budget"
    retry: Retry = "ask"
    exit_code = 5


class DecisionNeeded(ReelwrightError):
    """Raised when a person must decide something before a job can go on, for example about a stuck shot."""

    code = "decision_needed"
    retry: Retry = "ask"
    exit_code = 4


class NotReconciled(DecisionNeeded):
    """Raised when the journal was moved, or lacks sends that its vault has recorded. Nothing is bought; free work goes
    on.

    ``reconcile_report``: the JSON of ``spend reconcile``, if that command raised the error.
    """

    code = "not_reconciled"

    reconcile_report: Mapping[str, Any] | None = None


class DamagedAsset(DecisionNeeded):
    """Raised for a file in the vault that no longer holds the stored bytes, or is missing although Reelwright never
    deleted it. Nothing is made from it, and nothing is bought for it.

    Files that Reelwright drew or encoded are made again at no cost. A person decides about files that were bought or
    that a person added.
    """

    def __init__(
        self,
        digest: str,
        *,
        name: str = "",
        step: str | None = None,
        is_missing: bool = False,
        actions: Iterable[Action] = (),
    ) -> None:
        """Create the error. ``name``: what a person calls the file. ``is_missing``: it is not there at all."""
        code, name = "missing_file" if is_missing else "damaged_file", name or ("" if step else "a file of the film")
        super().__init__(code=code, step=step, actions=(Action("check_vault"), *actions), name=name, digest=digest)
        self.digest, self.is_missing = digest, is_missing


class JournalError(ReelwrightError):
    """Base class of errors about the database that holds the journal."""

    code = "journal_error"


class LeaseLost(JournalError):
    """Raised when a director writes to a project that another director drives now; the late write was refused."""

    code = "lease_lost"
    retry: Retry = "later"


class StaleRevision(JournalError):
    """Raised when the plan was changed between reading and writing; read it again and repeat the edit."""

    code = "stale_revision"
    retry: Retry = "later"


class StoreUnavailable(JournalError):
    """Raised when the journal or the vault cannot be written: disk full, read-only, locked, or the server is gone."""

    code = "store_unavailable"
    retry: Retry = "later"


class JournalDamaged(StoreUnavailable):
    """Raised when the database file is damaged: it cannot be read, or holds data that we did not write. Restore a
    backup.
    """

    code = "journal_damaged"
    retry: Retry = "never"


class MediaError(ReelwrightError):
    """Raised when a media tool such as ffmpeg failed. ``last_words`` is the tail of what it printed."""

    code = "media_error"

    def __init__(self, message: str = "", /, *, last_words: str = "", **more: Any) -> None:
        tail = last_words.strip()[-600:]
        params: dict[str, Any] = {**more, "last_words": tail} if tail else more
        super().__init__(message, **params)
        self.last_words = tail


class UnreadableMedia(MediaError):
    """Raised for bytes that are not the media they claim to be, or that pass a limit."""

    code = "unreadable_media"
    exit_code = 2


class WrongResult(MediaError):
    """Raised when a tool reported success, but the probe of its result failed. An exit status is not evidence."""

    code = "wrong_result"


class MissingGlyphs(MediaError):
    """Raised for text that no bundled font covers, so that it is not drawn at all rather than drawn with boxes."""

    code = "missing_glyphs"


class ToolMissing(MediaError):
    """Raised when ffmpeg or a drawing library cannot be loaded on this machine."""

    code = "tool_missing"


class ProviderError(ReelwrightError):
    """Base class of errors about a provider's answer, or its absence."""

    code = "provider_error"


class Refused(ProviderError):
    """Raised when the provider refused a request (bad request, key, funds, content policy). One request only; not
    billed.

    ``is_final``: the very same request would be refused again, whatever is done about keys and funds.
    """

    code = "refused"

    def __init__(self, message: str = "", /, *, is_final: bool = False, **more: Any) -> None:
        super().__init__(message, **more)
        self.is_final = is_final


class NotAccepted(ProviderError):
    """Raised when the provider did not accept a request (connection refused, 429), so that nothing was bought. It may
    be sent again after ``after_s`` s.
    """

    code = "not_accepted"
    retry: Retry = "later"

    def __init__(self, message: str = "", /, *, after_s: float = 0.0, **more: Any) -> None:
        super().__init__(message, **more)
        self.after_s = after_s


class OutcomeUnknown(ProviderError):
    """Raised when a paid request was sent and no answer came. The reservation stays; it is never sent again
    automatically.
    """

    code = "outcome_unknown"
    retry: Retry = "ask"
    was_billed: Billed = "unknown"


class Unreachable(ProviderError):
    """Raised when a poll, a download, an upload or another free call got no complete answer. It may be repeated.

    ``after_s``: seconds to wait before that, if the provider said so.
    """

    code = "unreachable"
    retry: Retry = "later"

    def __init__(self, message: str = "", /, *, after_s: float = 0.0, **more: Any) -> None:
        super().__init__(message, **more)
        self.after_s = after_s


class HandDied(ReelwrightError):
    """Raised when a worker process, or the ffmpeg that it ran, was killed (out of memory). Doing it again may help."""

    code = "hand_died"
    retry: Retry = "later"


class EngineFailed(ReelwrightError):
    """Raised when an engine on this machine ends while it loads, or is not ready in its time.

    ``last_words`` among its values is the tail of its log, redacted.
    """

    code = "engine_failed"


class Interrupted(ReelwrightError):
    """Raised when the person pressed Ctrl-C. The job stays; ``hint`` says how to go on."""

    code = "interrupted"
    retry: Retry = "later"
    exit_code = 130
