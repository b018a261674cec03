"""The draft of a film as the page shows it: what was understood of the words, its screens, its price, what to know."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from reelwright.errors import BadInput, ReelwrightError
from reelwright.reel.film.markup import to_plain_text
from reelwright.reel.film.plan import Plan, list_aspects
from reelwright.studio.quotes.validation import parse_money
from reelwright.studio.results.results import BriefFact, ProjectQuote
from reelwright.studio.results.spending_report import BudgetSummary
from reelwright.studio.runtime.scratch import open_scratch_folder
from reelwright.units import Micros, convert_frames_to_seconds
from reelwright.web.create.own_files import SHOT, OwnFile, build_file_options, list_files, name_file
from reelwright.web.outcomes import Trouble, describe_trouble
from reelwright.web.pictures import draw_still, find_font, find_own_asset, list_shots
from reelwright.web.texts import NAMES, load_texts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reelwright.studio.studio import AsyncStudio

_SCRIPT: Final = re.compile(r"\A\s*(?:#{1,2} \S|---\s*\n)")
"""How a script begins: with a heading, or with its settings. Anything else is read as a brief."""
_MOST_STILLS: Final = 12
_MOST_KEYS: Final = 3
_LONGEST_PROMPT: Final = 60
_ALSO: Final = "also."
"""How the names of the fields begin that ask for the film in further aspects."""
_FOR: Final = "for."
"""How the names of the fields begin that say what the film is made for."""
_SHOWN: Final = ("aspect", "flavor", "length", "language", "look", "accent", "music", "voice", "continuity")
"""Options that the form has under the names that the verbs give them."""
LANGUAGES: Final = {
    "en": "English", "de": "German", "fr": "French", "es": "Spanish", "pt-BR": "Portuguese (Brazil)", "it": "Italian",
    "nl": "Dutch", "pl": "Polish", "tr": "Turkish", "ar": "Arabic", "hi": "Hindi", "ja": "Japanese", "ko": "Korean",
    "zh": "Chinese",
}  # fmt: skip
"""Languages that the form offers by name; it takes the tag of any other."""
_CHIPS: Final = ("name", "length_ms", "tone", "language", "call", "place", "when")
"""What was read in a brief beside its lines, in the order of the page."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Screen:
    """A shot of the draft. ``picture``: its still as a ``data:`` URL; empty: ``asset`` stands for it, the digest of the
    person's own picture or clip, or else the words.
    """

    n: int
    beat: str
    words: str
    seconds: float
    micros: int
    asset: str = ""
    picture: str = ""


@dataclass(slots=True, kw_only=True)
class DraftView:
    """Everything that the page shows beside the field. ``chips``: facts that were read in the brief, by their name.

    ``existing``: the project of the same words that there is. ``budget_micros``: the most that the person would pay.
    ``offers``: models with the quote of the film from each. ``short``: a budget in which its price does not fit.
    """

    is_script: bool
    quote: ProjectQuote | None = None
    chips: Mapping[str, str] = field(default_factory=dict)
    screens: tuple[Screen, ...] = ()
    notes: tuple[str, ...] = ()
    seconds: float = 0.0
    aspects: tuple[str, ...] = ()
    existing: str = ""
    trouble: Trouble | None = None
    budget_micros: Micros | None = None
    offers: tuple[tuple[str, ProjectQuote], ...] = ()
    short: BudgetSummary | None = None
    files: tuple[OwnFile, ...] = ()

    @property
    def micros(self) -> int:
        """The most that the film may cost, in micro-dollars."""
        return self.quote.micros if self.quote else 0

    @property
    def over_micros(self) -> int:
        """The part of the price that is above the budget, in micro-dollars."""
        return 0 if self.budget_micros is None else max(0, self.micros - self.budget_micros)


def is_script(text: str) -> bool:
    """Whether a text is a script, and no brief."""
    return _SCRIPT.match(text) is not None


async def build_order(studio: AsyncStudio, source: Mapping[str, Any], fields: Mapping[str, str]) -> dict[str, Any]:
    """Build all options of the verbs from the ``source`` of a film and the fields of the form. Spends nothing.

    Further aspects come behind the one that is chosen, or else that the film has by itself. Raises as ``plan`` does.
    """
    options = {**source, **_build_options(fields), **await build_file_options(studio, list_files(fields))}
    if also := [value for name, value in fields.items() if name.startswith(_ALSO)]:
        own = (fields["aspect"],) if fields.get("aspect") else list_aspects((await studio.plan(**options)).plan)
        options["aspect"] = ",".join(dict.fromkeys((*own, *also)))
    return options


def _build_options(fields: Mapping[str, str]) -> dict[str, Any]:
    """Build the options of the verbs from the fields of the form, without those that were left to Reelwright."""
    options: dict[str, Any] = {name: fields[name] for name in _SHOWN if fields.get(name)}
    if language := options.get("language"):
        options["language"] = find_language(language)
    if presets := [value for name, value in fields.items() if name.startswith(_FOR)]:
        options["presets"] = ",".join(presets)
    if model := fields.get("model"):
        options["models"] = (model,)
    if (takes := fields.get("takes", "")).isdigit():
        options["takes"] = int(takes)
    if budget := _read_budget(fields):
        options["max_price"] = budget
    return options


def parse_budget(fields: Mapping[str, str]) -> Micros | None:
    """Return the most that a form says its film may cost; None where it says nothing. Raises ``BadInput``."""
    return parse_money(_read_budget(fields), "budget")


def _read_budget(fields: Mapping[str, str]) -> str | None:
    return fields.get("budget", "").strip().removeprefix("$") or None


def find_language(text: str) -> str:
    """Return the tag of a language that a person named in a language of the pages; else the text as it is."""
    tags = {load_texts(one).translate(english).casefold(): tag for tag, english in LANGUAGES.items() for one in NAMES}
    return tags.get(text.strip().casefold(), text)


_NO_FILE: Final = "words for the picture, as in ![a lamp at night](); your own pictures are dropped on this page"


@contextmanager
def open_source(text: str) -> Iterator[dict[str, Any]]:
    """Yield a text as the option ``brief`` or ``script`` of the verbs.

    A script lies in a folder of its own meanwhile: it finds no picture of this machine by its path.
    """
    if not is_script(text):
        yield {"brief": text}
        return
    with open_scratch_folder() as folder:
        path = folder.get_path() / "script.md"
        path.write_text(text if text.endswith("\n") else f"{text}\n", encoding="utf-8")
        try:
            yield {"script": path}
        except BadInput as error:
            if str(path.parent) not in error.accepted:
                raise
            raise BadInput(error.field, error.value, _NO_FILE) from None  # a path of ours helps nobody here


async def build_draft(studio: AsyncStudio, fields: Mapping[str, str], *, has_offers: bool = True) -> DraftView:
    """Build the draft and the price of the film of a form, and the offers of other models if ``has_offers``. Spends
    nothing; an error becomes part of the view.
    """
    text = fields.get("text", "")
    view = DraftView(is_script=is_script(text))
    try:
        view.files = tuple(list_files(fields))
        view.budget_micros = parse_budget(fields)
        if not text.strip():
            return view
        with open_source(text) as source:
            options = await build_order(studio, source, fields)
            quote = await studio.quote(**options, again=True, new=True)
            planned = await studio.plan(**options)
            before = await studio.quote(**options)
            view.offers = await _quote_offers(studio, options, quote) if has_offers else ()
    except ReelwrightError as error:
        view.trouble = describe_trouble(name_file(error, fields))
        return view
    view.quote, view.existing = quote, before.project or ""
    view.seconds, view.aspects = float(planned.plan.seconds), list_aspects(planned.plan)
    view.screens = await _list_screens(studio, planned.plan, quote, view.files)
    facts = ((name, planned.interpretation.get(name)) for name in _CHIPS)
    view.chips = {name: _format_fact(name, fact) for name, fact in facts if fact}
    shown = {*quote.draft.directions, *quote.draft.unused_parts} if quote.draft else set()
    view.notes = tuple(
        to_plain_text(note) for note in quote.notes if not any(text in note for text in shown)
    )  # what the draft shows needs no second sentence
    return view


async def _quote_offers(
    studio: AsyncStudio, options: Mapping[str, Any], quote: ProjectQuote
) -> tuple[tuple[str, ProjectQuote], ...]:
    """Quote the film of a draft from the cheapest video models, as each would make it: a model casts it anew, so that
    a price by the plan of another is not what it would cost.
    """
    found = []
    for one in sorted(quote.prices_with_key, key=lambda one: one.micros)[:_MOST_KEYS]:
        with suppress(ReelwrightError):
            found.append((one.model, await studio.quote(**{**options, "models": (one.model,)}, again=True, new=True)))
    return tuple(sorted(found, key=lambda offer: offer[1].micros))


async def _list_screens(
    studio: AsyncStudio, plan: Plan, quote: ProjectQuote, files: Sequence[OwnFile]
) -> tuple[Screen, ...]:
    prices, font = {row.n: row for row in quote.shots}, await find_font(studio, plan)
    screens = []
    for n, (beat, shot) in enumerate(list_shots(plan), 1):
        row = prices.get(n)
        screens.append(
            Screen(
                n=n, beat=beat,
                words=(row.first_words if row else "") or shot.prompt[:_LONGEST_PROMPT],
                seconds=float(convert_frames_to_seconds(shot.length, plan.fps)),
                micros=row.micros if row else 0,
                asset=find_own_asset(shot, [one.asset for one in files if one.role == SHOT]),
                picture=await draw_still(plan, beat, shot, font) if n <= _MOST_STILLS else "",
            )
        )  # fmt: skip
    return tuple(screens)


def _format_fact(name: str, fact: BriefFact) -> str:
    values = fact.value if isinstance(fact.value, tuple) else (fact.value,)
    if name == "length_ms":
        return ", ".join(f"{int(value) / 1000:g} s" for value in values)
    return ", ".join(str(value) for value in values)
