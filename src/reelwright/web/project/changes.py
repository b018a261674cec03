"""Changes of a project as its page asks for them: an edit of a shot, another take, own material, or what is left."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from reelwright.errors import BadInput
from reelwright.planner.screens.charts import split_rows
from reelwright.reel.film.markup import BREAK
from reelwright.studio.projects.queued_job import QueuedJob
from reelwright.studio.quotes.validation import NONE
from reelwright.studio.results.listings import ProjectDetails
from reelwright.studio.results.results import ProjectQuote
from reelwright.studio.runtime.scratch import open_scratch_folder
from reelwright.studio.studio import AsyncStudio
from reelwright.web.forms import PageForm

WORDS: Final = "words."
"""How the names of fields begin that hold the words of a shot; their role follows."""
BEFORE: Final = ".before"
"""How the names of fields end that say what another field was when the page was shown."""
ANIMATIC: Final = "animatic"
NO_MUSIC: Final = "none"
_OF_A_SHOT: Final = ("edit", "retake", "model", "picture", "clip", "circle")
_WITH_VALUE: Final = ("model", "picture", "clip", "circle", "order", "logo", "font", "restore")
_OF_LOOK: Final = ("look", "logo", "font", "brand")
"""Ways that take the fields of the whole film with them."""
_WAYS: Final = (*_OF_A_SHOT, "order", *_OF_LOOK, "restore", "script", "resume")
_OF_ANY_REVISION: Final = ("retake", "circle", "resume")
_OF_THE_FILM: Final = ("look", "accent", "emblem", "mood", "music", "music_level", "voice", "captions", "caption_shift")
_NUMBERS: Final = {"music": int, "music_level": float, "caption_shift": float}
"""Fields of the film that are numbers, beside the words that they accept too."""


class Change:
    """A change that a form of the project's page asks for. ``shot``: the number of the shot that it is of; 0: of none.

    The field ``way`` says which one, so that a button is enough to ask for it. Of a shot: ``edit`` (the fields),
    ``retake``, ``model:ID`` (another model, or ``animatic``), ``picture:DIGEST`` or ``clip:DIGEST`` (own material that
    is stored already), ``circle:N`` (take N). Of the film: ``order:1-3-2`` (the shots that it has, in that order),
    ``look`` (fields of the whole film), ``logo:DIGEST``, ``font:DIGEST``, either as ``none``, and ``brand`` (the
    home's) with those fields, ``restore:N`` (revision N), ``script``, or ``resume`` (what is left).
    """

    def __init__(self, project: str, form: PageForm, details: ProjectDetails) -> None:
        """Read a change. Raises ``BadInput`` for one that there is not, and for a shot that the film does not have."""
        self._project, self._form, self._details = project, form, details
        self.way = form.get("way") or "edit"
        self._kind, _, self._value = self.way.partition(":")
        if self._kind not in _WAYS or bool(self._value) != (self._kind in _WITH_VALUE):
            raise BadInput("way", self.way[:40], f"one of {', '.join(_WAYS)}")
        self.shot = self._read_shot() if self._kind in _OF_A_SHOT else 0
        self._edits = self._read_edits() if self.shot and self._kind not in ("retake", "circle") else {}
        if self._kind == "order":
            self._edits = {"order": self._value.split("-")[: len(details.shots)]}
        elif self._kind in _OF_LOOK:
            self._edits = {
                name: _read_value(name, form.get(name))
                for name in _OF_THE_FILM
                if form.get(name) and is_typed(form, name)
            }
            if self._edits.get("mood") == NO_MUSIC:  # the page offers it beside the moods
                self._edits["music"] = self._edits.pop("mood")
            if form.has("end_card") and form.get("end_card") != form.get("end_card.before"):
                self._edits["end_card"] = form.get("end_card") or NONE
            self._edits |= {"brand": True} if self._kind == "brand" else {}

    @property
    def has_changes(self) -> bool:
        """Whether the form asks for anything."""
        return self._kind not in ("edit", "look") or bool(self._edits)

    @property
    def revision(self) -> int | None:
        """The revision that it was asked for of; None where a later one does not matter, as for another take."""
        return None if self._kind in _OF_ANY_REVISION else _parse_number(self._form.get("revision"))

    @property
    def is_of_places(self) -> bool:
        """Whether it names shots by their places or all of a plan, so that it cannot be put onto a later revision."""
        return self._kind in ("order", "restore")

    async def quote(self, studio: AsyncStudio) -> ProjectQuote:
        """Quote the change. Spends nothing."""
        match self._kind:
            case "retake":
                return await studio.quote_retake(self._project, self.shot)
            case "circle":
                return await studio.quote_circle(self._project, self.shot, self._value)
            case "script":
                with self._open_script() as path:
                    return await studio.quote_script(self._project, script=path)
            case "restore":
                return await studio.quote_restore(self._project, _read_number(self._value))
            case "resume":
                return await studio.quote_resume(self._project, goal=find_goal(self._details))
            case _:
                return await studio.quote_edit(self._project, **await self._build_edits(studio))

    async def enqueue(self, studio: AsyncStudio, **consent: Any) -> QueuedJob:
        """Write the change as the next revision and queue its job; may spend up to the quote that was agreed to.

        Raises ``StaleRevision`` where somebody else changed the project since the page was shown.
        """
        match self._kind:
            case "retake":
                return await studio.enqueue_retake(self._project, self.shot, **consent)
            case "circle":
                await studio.circle(self._project, self.shot, self._value)
                return await studio.enqueue_resume(self._project, goal=find_goal(self._details), **consent)
            case "script":
                with self._open_script() as path:
                    return await studio.enqueue_script(self._project, if_revision=self.revision, script=path, **consent)
            case "restore":
                number = _read_number(self._value)
                return await studio.enqueue_restore(self._project, number, if_revision=self.revision, **consent)
            case "resume":
                return await studio.enqueue_resume(self._project, goal=find_goal(self._details), **consent)
            case _:
                edits = await self._build_edits(studio)
                return await studio.enqueue_edit(self._project, if_revision=self.revision, **edits, **consent)

    async def _build_edits(self, studio: AsyncStudio) -> dict[str, Any]:
        """Return the options of the edit, with own material as the path of its file. Raises ``NotFound``."""
        edits = {**self._edits, **({"shot": self.shot} if self.shot else {})}
        if self._kind in ("picture", "clip"):
            path = await studio.locate_asset(self._value)
            return {**edits, "image" if self._kind == "picture" else "clip": path}
        if self._kind in ("logo", "font"):
            return {**edits, self._kind: NONE if self._value == NONE else await studio.locate_asset(self._value)}
        return edits

    def _read_shot(self) -> int:
        n = find_shot(self._details, self._form)
        if not n:
            accepted = f"a whole number from 1 to {len(self._details.shots)}"
            raise BadInput("shot", self._form.get("shot")[:40], accepted)
        return n

    def _read_edits(self) -> dict[str, Any]:
        """Read the fields that differ from what the shot has; an emptied field of words removes them.

        A prompt is left out where no model would read it.
        """
        now, given = self._details.shots[self.shot - 1], self._form
        words = {role: given.get(f"{WORDS}{role}") for role in now.words if is_typed(given, f"{WORDS}{role}")}
        if "figures" in words:
            words["figures"] = f" {BREAK} ".join(line.strip() for line in words["figures"].splitlines() if line.strip())
        changed = {role: text for role, text in words.items() if text != now.words[role]}
        edits: dict[str, Any] = {"words": changed} if changed else {}
        is_filmed = self._kind == "edit" or (self._kind == "model" and self._value != ANIMATIC)
        if is_typed(given, "prompt") and (prompt := given.get("prompt")) and prompt != now.prompt and is_filmed:
            edits["prompt"] = prompt
        if is_typed(given, "length") and (length := given.get("length")) and length != format_seconds(now.duration_s):
            edits["length"] = length
        if is_typed(given, "caption"):
            edits["caption"] = given.get("caption")
        if self._kind == "model":
            edits["model"] = self._value
        return edits

    @contextmanager
    def _open_script(self) -> Iterator[Path]:
        """Yield the script as a file in a folder of its own, in which it finds no other file of this machine."""
        with open_scratch_folder() as folder:
            path = folder.get_path() / "script.md"
            path.write_text(self._form.get("script").rstrip() + "\n", encoding="utf-8")
            yield path


def _parse_number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


def _read_number(value: str) -> int:
    if (number := _parse_number(value)) is None:
        raise BadInput("revision", value[:40], "a whole number")
    return number


def _read_value(name: str, value: str) -> str | int | float:
    """Read the value of a field of the film; what is no number stays text, which the option then names and refuses."""
    try:
        return _NUMBERS[name](value) if name in _NUMBERS else value
    except ValueError:
        return value


def find_goal(details: ProjectDetails) -> Any:
    """Find how far the page takes a project: to its film, and a clip to its takes."""
    goal = details.job.goal if details.job else "film"
    return "takes" if goal == "takes" and len(details.shots) == 1 else "film"


def format_seconds(seconds: float) -> str:
    """Return the length of a shot as the field of the form has it."""
    return f"{seconds:.2f}".rstrip("0").rstrip(".")


def find_shot(details: ProjectDetails, form: PageForm) -> int:
    """Return the number of the shot that a form is about, which may stand at another place by now; 0 if it is gone."""
    if known := form.get("shot_id"):
        return next((n for n, one in enumerate(details.shots, 1) if one.id == known), 0)
    n = form.read_count("shot")
    return n if n <= len(details.shots) else 0


def is_of_gone_shot(details: ProjectDetails, form: PageForm) -> bool:
    """Whether a form is from the page of a shot that was taken out of the film since."""
    return bool(form.get("shot_id")) and not find_shot(details, form)


def is_typed(form: PageForm, name: str) -> bool:
    """Whether a field of a form is other than it was when the page was shown, which the form says beside it."""
    return form.has(name) and not (form.has(before := name + BEFORE) and form.get(name) == form.get(before))


def list_fields(details: ProjectDetails, shot: int, form: PageForm | None) -> dict[str, str]:
    """List the fields of the form of a shot: as they were typed, or as the shot has them."""
    fields = list_values(details, shot)
    return {name: form.get(name) if form and is_typed(form, name) else value for name, value in fields.items()}


def list_values(details: ProjectDetails, shot: int) -> dict[str, str]:
    """List the fields of the form of a shot as the shot has them."""
    now = details.shots[shot - 1]
    fields = {f"{WORDS}{role}": text for role, text in now.words.items()}
    if figures := now.words.get("figures"):
        fields[f"{WORDS}figures"] = "\n".join(split_rows(figures))  # a line for each figure
    return fields | {"prompt": now.prompt, "length": format_seconds(now.duration_s)}


_WITH_FILE: Final = ("file", "logo-file", "font-file")
"""The ``way`` of a form that comes with the file itself, as a browser without scripts sends it."""


async def store_own_file(studio: AsyncStudio, form: PageForm) -> PageForm:
    """Store the file of a form, and return the form as it would be had the file been stored before.

    Forms without a file stay as they are. Raises ``BadInput``, also for a form that was to bring a file, and
    ``UnreadableMedia``.
    """
    way = form.get("way")
    if way not in _WITH_FILE:
        return form
    is_font = way == "font-file"
    if not form.read_file("font" if is_font else "file"):
        raise BadInput("file", "none", f"{'a font' if is_font else 'a picture or a clip'} of your own")
    if is_font:
        async with form.open_file("font", "font") as path:
            return form.replace_field("way", f"font:{(await studio.add_font(path)).asset}")
    kind, asset = await form.store_file(studio)
    return form.replace_field("way", f"{'logo' if way == 'logo-file' else kind}:{asset}")
