"""Orders: what an agent wants to have made, as calls of the studio that quote it and queue it."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Literal

from reelwright.agents.places import Places
from reelwright.agents.policy import MAX_COMMAND_CHARS
from reelwright.agents.tool_arguments import BOTH, OF_CLIPS, OF_FILMS, OrderArguments
from reelwright.errors import BadInput
from reelwright.studio.projects.queued_job import QueuedJob
from reelwright.studio.results.results import ProjectQuote
from reelwright.studio.studio import AsyncStudio

Kind = Literal["film", "clip", "project", "edit", "retake"]
_FLAGS: Final[Mapping[str, str]] = {
    "clips": "clip", "images": "image", "models": "model", "references": "reference", "storyboard": "still",
    "goal": "until",
}  # fmt: skip
"""Options of the command line whose names differ from the options of the studio."""


@dataclass(frozen=True, slots=True)
class Order:
    """An agent's order that may cost money: a film, a clip, a project to continue, an edit or a retake. ``subject``:
    its text, its script or its project.

    ``options``: of the studio's verb. ``out``: the film's file. ``arguments``: the call of the tool, as it came.
    """

    kind: Kind
    subject: str
    options: Mapping[str, Any] = field(default_factory=dict)
    out: str | None = None
    tool: str = "make"
    arguments: Mapping[str, Any] = field(default_factory=dict)
    is_script: bool = False

    async def quote(self, studio: AsyncStudio) -> ProjectQuote:
        """Quote the order: what it would cost; writes and spends nothing."""
        options = dict(self.options)
        if self.kind == "clip":
            return await studio.quote_clip(self.subject, **options)
        if self.kind == "project":
            return await studio.quote_resume(self.subject, goal=options.get("goal"))
        if self.kind == "edit":
            return await studio.quote_edit(self.subject, **options)
        if self.kind == "retake":
            return await studio.quote_retake(self.subject, options["shot"])
        if self.is_script:
            return await studio.quote(script=self.subject, **options)
        return await studio.quote(self.subject, **options)

    async def enqueue(
        self, studio: AsyncStudio, agreed_quote: ProjectQuote, *, has_seen_unconfirmed: bool
    ) -> QueuedJob:
        """Queue a job for the order and return at once; the job spends up to ``agreed_quote``, the price that was
        agreed to. A higher price is refused.
        """
        agreed: dict[str, Any] = {"yes": agreed_quote, "accept_unconfirmed": has_seen_unconfirmed}
        options = dict(self.options)
        if self.kind == "clip":
            return await studio.enqueue_clip(self.subject, **options, **agreed)
        if self.kind == "project":
            return await studio.enqueue_resume(self.subject, **options, **agreed)
        if self.kind == "edit":
            return await studio.enqueue_edit(self.subject, **options, **agreed)
        if self.kind == "retake":
            return await studio.enqueue_retake(self.subject, options["shot"], **agreed)
        if self.is_script:
            return await studio.enqueue_make(script=self.subject, out=self.out, **options, **agreed)
        return await studio.enqueue_make(self.subject, out=self.out, **options, **agreed)

    def build_command(self, usd: str) -> str:
        """Build the ``reelwright`` command by which a person can place the same order at a price of up to ``usd``
        dollars.
        """
        if self.kind in ("project", "edit", "retake"):
            verb = "resume" if self.kind == "project" else self.kind
            words = [verb, self.subject[-6:]]
        elif self.is_script and "\n" in self.subject:
            words = ["make", "script.md"]
        else:
            words = ["clip" if self.kind == "clip" else "make", self.subject]
        for name, value in self.options.items():
            words += _format_option(_FLAGS.get(name, name.replace("_", "-")), value)
        command = f"reelwright {shlex.join([*words, '--budget', usd])}"
        return command if len(command) <= MAX_COMMAND_CHARS else f"reelwright {words[0]} … --budget {usd}"


def _format_option(flag: str, value: Any) -> list[str]:
    if value is True:
        return [f"--{flag}"]
    if value is False or value is None:
        return []
    if isinstance(value, Mapping):
        return [word for key, one in value.items() for word in (f"--{flag}", f"{key}={one}")]
    if isinstance(value, list | tuple):
        return [word for one in value for word in (f"--{flag}", str(one))]
    return [f"--{flag}", str(value)]


def build_order(terms: OrderArguments, places: Places, arguments: Mapping[str, Any], out: str | None = None) -> Order:
    """Build the order that the arguments of ``make`` or ``quote`` describe. Raises ``BadInput`` for none or several
    things to make.
    """
    subjects = [name for name in ("brief", "script", "clip", "project") if getattr(terms, name) is not None]
    if len(subjects) != 1:
        raise BadInput("brief", " and ".join(subjects) or None, "one of brief, script, clip and project")
    (subject,) = subjects
    accepted = {"clip": BOTH | OF_CLIPS, "project": frozenset({"goal"})}.get(subject, BOTH | OF_FILMS)
    stray = sorted((terms.model_fields_set & (BOTH | OF_CLIPS | OF_FILMS)) - accepted)
    if stray:
        raise BadInput(
            stray[0], getattr(terms, stray[0]), f"nothing beside {subject}: that takes {', '.join(sorted(accepted))}"
        )
    options = {name: value for name, value in terms.get_given(accepted).items() if value is not None}
    text = getattr(terms, subject)
    if out is not None and subject in ("clip", "project"):
        raise BadInput("out", out, f"nothing beside {subject}: status tells where the files are")
    if subject == "clip":
        if "length" in options:
            options["seconds"] = options.pop("length")
        return Order("clip", text, options, tool="make", arguments=arguments)
    if subject == "project":
        return Order("project", text, options, arguments=arguments)
    if "model" in options:
        options["models"] = (options.pop("model"),)
    if subject == "script":
        return Order("film", places.check_script(text), options, out, arguments=arguments, is_script=True)
    return Order("film", text, options, out, arguments=arguments)
