"""Formats the text of every reason and action for people. Nothing else in the package makes these sentences."""

from __future__ import annotations

import re
import string
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from reelwright.advice_texts import ACTIONS, ADVICE
from reelwright.dollars import format_usd
from reelwright.known_providers import name_provider
from reelwright.message_texts import MESSAGES
from reelwright.reason import Action, Note, Reason


@dataclass(frozen=True, slots=True)
class Names:
    """Functions that name a project's steps and files for people: ``take of shot 3`` for ``take/s03``. As they are by
    default.
    """

    name_step: Callable[[str], str] = str
    name_file: Callable[[str], str] = str


PLAIN: Final = Names()


@dataclass(frozen=True, slots=True)
class Sentences:
    """The sentences of a language, by code and by kind of action; what it lacks stays English.

    ``values``: texts of ours among the params, such as what is accepted, each ``{n}`` for a number. ``advice``: what to
    do about a code.
    """

    messages: Mapping[str, str]
    actions: Mapping[str, str]
    values: Mapping[str, str]
    advice: Mapping[str, str] = field(default_factory=dict)

    def translate_value(self, value: Any) -> Any:
        """Return a text of ours in this language; anything else, and one without translation, as it is."""
        if not isinstance(value, str) or not self.values:
            return value
        numbers = iter(_NUMBER.findall(value))
        found = self.values.get(_NUMBER.sub(NUMBER_PLACE, value))
        return value if found is None else re.sub(re.escape(NUMBER_PLACE), lambda _: next(numbers, ""), found)


NUMBER_PLACE: Final = "{n}"
_NUMBER: Final = re.compile(r"\d+(?:\.\d+)?")
_OUR_PARAMS: Final = frozenset(
    {"accepted", "field", "kind", "needed", "per", "provider", "question", "role", "state", "unit"}
)
"""Params that hold texts of ours. All others may hold what a person wrote, which is shown as it is."""
ENGLISH: Final = Sentences(MESSAGES, ACTIONS, {}, ADVICE)
_QUOTED_LETTERS: Final = 120


def format_reason(reason: Reason | None, names: Names = PLAIN, sentences: Sentences = ENGLISH) -> str:
    """Return a reason as a sentence for people, without advice; empty for None.

    A code that this version does not know, from a newer one, gives its message or its code.
    """
    if reason is None:
        return ""
    template = sentences.messages.get(reason.code) or MESSAGES.get(reason.code)
    if template is None:
        text = str(reason.params.get("message") or reason.code)
    else:
        text = _Formatter(names, sentences).vformat(template, (), {"step": reason.step, **reason.params})
    words = reason.params.get("last_words")
    return f"{text}: {words}" if words else text


def format_notes(notes: Iterable[Note]) -> tuple[str, ...]:
    """Return notes as sentences for people."""
    return tuple(f"{format_reason(note)}." if isinstance(note, Reason) else note for note in notes)


def format_advice(
    reason: Reason, names: Names = PLAIN, format_action: Callable[[Action], str] | None = None,
    sentences: Sentences = ENGLISH,
) -> str:  # fmt: skip
    """Return in words what a person can do about a reason: its advice and actions, separated by semicolons.

    ``format_action`` gives the text of an action in a door's own terms; empty where that door has none.
    """
    hint = reason.params.get("hint")  # a provider's words may hold braces: it is no template
    template = sentences.advice.get(reason.code) or ADVICE.get(reason.code, "")
    plain = str(hint) if hint else _Formatter(names, sentences).vformat(template, (), reason.params)
    actions = [(format_action or format_plain_action)(action) for action in reason.actions]
    return "; ".join(dict.fromkeys(filter(None, [plain, *actions])))


def format_plain_action(action: Action, sentences: Sentences = ENGLISH) -> str:
    """Return in words what a person should do, without naming a command; empty for an unknown kind of action.

    Only a newer version knows such a kind.
    """
    template = sentences.actions.get(action.kind) or ACTIONS.get(action.kind, "")
    return _Formatter(PLAIN, sentences).vformat(template, (), action.params)


def format_step_reason(reason: Reason | None, names: Names = PLAIN, sentences: Sentences = ENGLISH) -> str:
    """Return a reason as a sentence for people, with its step in front unless the sentence names the step."""
    text = format_reason(reason, names, sentences)
    if reason is None or reason.step is None:
        return text
    step = sentences.translate_value(names.name_step(reason.step))
    return text if step in text else f"{step}: {text}"


class _Formatter(string.Formatter):
    """Fills a template, whatever another version stored: a missing value becomes ``?``, an odd one its text."""

    def __init__(self, names: Names, sentences: Sentences = ENGLISH) -> None:
        self._names, self._sentences = names, sentences

    def get_value(self, key: int | str, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Any:
        value = kwargs.get(str(key))
        if key == "provider" and isinstance(value, str):
            value = name_provider(value)
        return self._sentences.translate_value(value) if key in _OUR_PARAMS else value

    def format_field(self, value: Any, format_spec: str) -> str:
        try:
            return self._format(value, format_spec)
        except (TypeError, ValueError, ArithmeticError):
            return str(value)

    def _format(self, value: Any, format_spec: str) -> str:
        if format_spec == "assigned":
            return "" if value is None else f" to {value or chr(34) * 2}"
        if format_spec == "after":
            return f": {self.format_field(value, '')}" if value else ""
        if format_spec == "until":
            return f" until {self.format_field(value, '')}" if value else ""
        if format_spec == "before":
            return f"{self.format_field(value, '')}: " if value else ""
        if value is None:
            return "?"
        if format_spec == "quoted":
            text = repr(value)
            return text if len(text) <= _QUOTED_LETTERS else text[: _QUOTED_LETTERS - 3] + "..."
        if format_spec == "sentences":
            return "; ".join(dict.fromkeys(self.format_field(each, "") for each in value))
        if format_spec == "duration":
            return f"{value:.0f} s" if value < 90 else f"{value / 60:.0f} min"
        if isinstance(value, Reason):
            return format_reason(value, self._names, self._sentences)
        if isinstance(value, list):
            return ", ".join(self.format_field(each, format_spec) for each in value)
        if format_spec == "usd":
            return f"${format_usd(value)}"
        if format_spec == "step":
            return str(self._sentences.translate_value(self._names.name_step(str(value))))
        if format_spec == "file":
            return str(self._sentences.translate_value(self._names.name_file(str(value))))
        return format(value, format_spec)
