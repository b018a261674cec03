"""Writes the script of a plan: the Markdown that its shots were made from, or Markdown made of their words."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Final
from urllib.parse import unquote

import regex

from reelwright.documents.read import read_script
from reelwright.documents.script import BlockSettings, Run, Screen, Script
from reelwright.documents.tables import join_rows
from reelwright.documents.write import write_script, write_spoken
from reelwright.errors import BadInput
from reelwright.planner.casting.terms import NO_MUSIC
from reelwright.planner.edits.carrying import digest_shot
from reelwright.planner.match import read_film_settings
from reelwright.planner.music import has_first_mood
from reelwright.planner.roles import list_titles
from reelwright.planner.screens.charts import list_chart_rows
from reelwright.planner.screens.figures import split_figures, split_items
from reelwright.planner.screens.wording import get_words_by_role
from reelwright.planner.tables import load_moods, load_tones
from reelwright.reel.base.value import ShotId
from reelwright.reel.film.markup import Piece, parse_pieces, to_plain_text
from reelwright.reel.film.plan import Beat, Plan, Shot, list_aspects

_PHONE: Final = regex.compile(r"[+(]?\p{Nd}[\p{Nd} ()/.-]{4,}")
_ADDRESS: Final = regex.compile(r"(?:https?://)?[^\s@/]++(?<=[^\s@/]\.[^\s@/.]{2,})(?:/\S*+)?")
_LATER_STEP: Final = regex.compile(r"(?!1[.)])[0-9]+[.)] ")
_PICTURE: Final = regex.compile(r"!\[(?:(?!\]\()[^\n])*+\]\([^\n]*+(?<=\))")
_STEP_ENDS: Final = regex.compile(r"(?<!\\)\|")
_TOKEN: Final = regex.compile(r"[\p{L}\p{M}\p{N}]+")
_CODES: Final = ("ratio_milli", "chart")
_SMALL_ROLES: Final = ("source", "terms", "legal", "kicker", "code", "ratio_milli")


def write_plan_script(plan: Plan) -> str:
    """Write ``script.md`` of a film: settings, then a screen for each shot, ``---`` where the plan's beats change.

    It says what edits made of both. Pure.
    """
    held = ""  # the picture that stands over what comes next
    blocks: list[str] = []
    screens = _write_screens(plan)
    for number, beat in enumerate(plan.beats):
        made: list[str] = []
        for shot in beat.shots:
            if written := screens[shot.id]:
                made += [written, *_write_spoken_lines(beat, shot)]
        if made and blocks and number and not _is_continuation(blocks, made[0]):
            blocks.append("---")
            held = ""
        for block in made:
            picture, words = _split_picture(block)
            blocks.append(words if picture and picture == held else block)
            held = picture or ("" if "![" in block else held)
    settings = list_settings(plan)
    front = write_script(Script(settings=settings)).strip() if settings else ""
    text = "\n\n".join([*([front] if front else []), *blocks])
    return f"{text}\n" if text else ""


def list_own_screens(plan: Plan) -> dict[str, str]:
    """List the screens that edits reworded: the Markdown of each as the film's script has it now, and as it had it."""
    screens = _write_screens(plan)
    before = {screens[one.id]: one.markdown[0] for one in plan.shots if len(one.markdown) == 1}
    return {now: was for now, was in before.items() if now not in before.values()}


def _write_screens(plan: Plan) -> dict[ShotId, str]:
    """Write the screens of each shot as Markdown: those of its script, or what an edit made of them."""
    named = False
    found = {}
    for beat in plan.beats:
        for shot in beat.shots:
            written = "\n\n".join(shot.markdown) if shot.markdown and not _is_reworded(shot, beat.name) else ""
            if not written:
                screens = list(_make_screens(shot, named=named))
                named = named or any(one.form == "reveal" for one in screens)
                written = write_script(Script(screens=tuple(_keep_settings(screens, shot)))).strip() if screens else ""
            named = named or written.startswith("# ")
            found[shot.id] = written
    return found


def _keep_settings(screens: Sequence[Screen], shot: Shot) -> Sequence[Screen]:
    """Return reworded screens with the picture, the length and the other settings that the script has for them."""
    if not shot.markdown:
        return screens
    first, *_ = read_script("\n\n".join(shot.markdown)).screens
    settings = replace(first.settings, chart=screens[0].settings.chart)
    return [replace(screens[0], picture=first.picture, settings=settings), *screens[1:]]


def _is_continuation(before: Sequence[str], block: str) -> bool:
    """Return whether a ``---`` would change what ``block`` is: spoken under a screen, or the next step of a list."""
    heads = _is_spoken(before[-1]) and (len(before) == 1 or before[-2] == "---")  # spoken before its screen
    return heads or _is_spoken(block) or bool(_LATER_STEP.match(block))


def _split_picture(block: str) -> tuple[str, str]:
    """Split the picture that stands alone at the head of ``block`` from the words after it."""
    first, _, rest = block.partition("\n\n")
    return (first, rest) if rest and _PICTURE.fullmatch(first) else ("", block)


def _is_spoken(block: str) -> bool:
    return block.startswith(">") and "\n> —" not in block


def list_settings(plan: Plan) -> dict[str, str]:
    """List the settings of a film's script as edits left them; of a film from a brief its aspect, tone and language."""
    settings: dict[str, str] = json.loads(plan.front_matter or "{}")
    film = read_film_settings(plan)
    has_script = bool(settings) or any(shot.script_digest for shot in plan.shots)
    if not has_script:
        settings = {"aspect": "", "tone": plan.tone, "language": plan.language}
        if plan.author == "person":
            settings |= dict.fromkeys(("look", "accent", "emblem"), "")
    values = {
        "aspect": ", ".join(list_aspects(plan)),
        "look": "" if plan.own_look else plan.look,
        "accent": film.accent,
        "emblem": film.emblem,
        "voice": plan.replaced_voices.get(settings.get("voice", ""), ""),
    }
    settings |= {name: values[name] for name in settings if values.get(name)}
    tones = load_tones()
    usual = settings.get("music", tones[plan.tone].mood if plan.tone in tones else "")
    mood = plan.bed.mood if plan.bed else NO_MUSIC
    is_kept = "music" not in settings and has_first_mood(plan.bed, plan.title)
    if (
        plan.author == "person" and not is_kept and usual != mood and usual in (*load_moods(), NO_MUSIC)
    ):  # else a model of music
        settings["music"] = mood
    return {name: text for name, text in settings.items() if text}


def _is_reworded(shot: Shot, beat: str) -> bool:
    """Return whether a later edit put words on screen that the script does not have."""
    if not shot.words or shot.script_digest == digest_shot(shot):
        return False
    if max(len(shot.markdown), len(list_titles(shot))) > 1:  # which of its titles an edit changed is not known
        there = _fold_letters(unquote(" ".join(shot.markdown)))
        shown = [_fold_letters(text) for role, text in shot.words.items() if role != "name"]
        return bool(shot.script_digest) and any(text not in there for text in shown)
    try:
        written = get_words_by_role(read_script("\n\n".join(shot.markdown)).screens, beat, "")
    except BadInput:  # as a later release refuses it
        return False
    words = {role: text for role, text in shot.words.items() if role in written or role != "name"}
    return _list_tokens(words) != _list_tokens(written)


def _list_tokens(words: Mapping[str, str]) -> list[str]:
    """List the words of a screen, in order where it has one role; which roles they have depends on what is around."""
    found = [token for role, text in words.items() if role not in _CODES for token in _TOKEN.findall(text.casefold())]
    return found if len(words) == 1 else sorted(found)


def _fold_letters(text: str) -> str:
    return "".join(char for char in text.casefold() if char.isalnum())


def _write_spoken_lines(beat: Beat, shot: Shot) -> list[str]:
    """Return what is said from this shot on; a quotation is its own line."""
    if "quote" in shot.words or any(one.startswith(">") for one in shot.markdown):
        return []
    start = beat.start + sum(one.length for one in beat.shots[: beat.shots.index(shot)])
    return [
        write_spoken(line.text)
        for line in beat.lines
        if start <= beat.start + line.start < start + shot.length
        and line.text.strip()
        and not _is_on_screen(shot, line.text)
    ]


def _is_on_screen(shot: Shot, text: str) -> bool:
    """Return whether the line stands on screen anyway."""
    return _fold_letters(text) in _fold_letters(" ".join(shot.words.values()))


def _split_steps(words: str) -> list[str]:
    """Split steps as they stand in a plan, each with its styles."""
    return [step.strip() for step in _STEP_ENDS.split(words) if step.strip()]


def _make_runs(parts: Sequence[Piece]) -> tuple[Run, ...]:
    return tuple(Run(text=piece.text, style=piece.style) for piece in parts)


def _make_line_screen(parts: Sequence[Piece]) -> Screen:
    return replace(
        _make_plain_screen(""), runs=tuple(replace(run, text=run.text.replace("\n", " ")) for run in _make_runs(parts))
    )


def _make_plain_screen(text: str) -> Screen:
    return Screen(form="words", line=0, beat=0, runs=(Run(text=text),))


def _make_screens(shot: Shot, *, named: bool) -> Iterator[Screen]:
    """Yield the screens that words by role become: a form if the roles have one, else plain paragraphs."""
    styled = {role: parse_pieces(text.replace(" | ", "|").strip()) for role, text in shot.words.items() if text.strip()}
    words = {role: "".join(piece.text for piece in parts) for role, parts in styled.items()}
    if words.get("chart") and words.get("figures"):
        rows = join_rows(list_chart_rows(shot.words))
        yield replace(_make_plain_screen(rows), form="chart", settings=BlockSettings(chart=words["chart"]))  # type: ignore[arg-type]  # a plan's
    elif items := split_items(shot.words):
        yield from (replace(_make_line_screen(parse_pieces(item)), form="item") for item in items)
    elif figures := split_figures(shot.words):
        yield from (_make_number_screen({role: to_plain_text(text) for role, text in one.items()}) for one in figures)
    elif "number" in words:
        yield _make_number_screen(words)
    elif "quote" in words:
        who = ", ".join(words[role] for role in ("who", "role") if role in words)
        one = _make_line_screen(styled["quote"])
        yield replace(one, form="quote", speaker=who) if who else one
    elif "listing" in words:
        yield replace(_make_plain_screen(words["listing"]), form="code")
    elif "steps" in words:
        for n, step in enumerate(_split_steps(shot.words["steps"]), 1):
            yield replace(_make_line_screen(parse_pieces(step)), form="step", number=str(n))
    elif "before" in words and "after" in words:
        struck = Run(text=words["before"], style="struck")
        yield replace(_make_plain_screen(""), runs=(struck, Run(text=" "), *_make_runs(styled["after"])))
    elif "url" in words:
        yield from _make_call_screens(words)
    elif "name" in words and not named:
        yield replace(_make_line_screen(styled["name"]), form="reveal")
        if "descriptor" in words:
            yield replace(_make_line_screen(styled["descriptor"]), form="descriptor")
    else:
        yield from (
            replace(_make_plain_screen(""), runs=_make_runs(parts))
            for role, parts in styled.items()
            if role not in _SMALL_ROLES
        )
    for role in ("terms", "source", "legal"):
        if role in words:
            one = _make_plain_screen(words[role])
            yield replace(one, settings=replace(one.settings, is_legal=True))


def _make_number_screen(words: Mapping[str, str]) -> Screen:
    bold = f"{words.get('prefix', '')}{words['number']}{' ' if 'unit' in words else ''}{words.get('unit', '')}"
    rest = (Run(text=f" {words['label']}"),) if "label" in words else ()
    return replace(_make_plain_screen(""), form="proof", runs=(Run(text=bold, style="strong"), *rest))


def _make_call_screens(words: Mapping[str, str]) -> Iterator[Screen]:
    where = words["url"]
    text = words.get("line") or where
    if _PHONE.fullmatch(where):
        yield replace(_make_plain_screen(text), form="call", url=f"tel:{where.replace(' ', '%20')}")
    elif _ADDRESS.fullmatch(where):
        yield replace(
            _make_plain_screen(text), form="call", url=where if where.startswith("http") else f"https://{where}"
        )
    else:
        yield _make_plain_screen(text)
        if text != where:
            yield _make_plain_screen(where)
