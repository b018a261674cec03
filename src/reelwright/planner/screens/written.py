"""The script of a plan: the Markdown that its shots were made from, or that their words come to."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Final
from urllib.parse import unquote

import regex

from reelwright.documents.script import Run, Screen, Script
from reelwright.documents.write import write_script, write_spoken
from reelwright.planner.match import aspect_of
from reelwright.planner.screens.keeping import scripted_digest
from reelwright.reel.marked import Piece, pieces
from reelwright.reel.plan import Beat, Plan, Shot

_PHONE: Final = regex.compile(r"[+(]?\p{Nd}[\p{Nd} ()/.-]{4,}")
_ADDRESS: Final = regex.compile(r"(?:https?://)?[^\s@/]+\.[^\s@/.]{2,}(?:/\S*)?")
_LATER_STEP: Final = regex.compile(r"(?!1[.)])[0-9]+[.)] ")
_PICTURE: Final = regex.compile(r"!\[[^\n]*\]\([^\n]*\)")
_STEP_ENDS: Final = regex.compile(r"(?<!\\)\|")
_BESIDE: Final = ("source", "terms", "legal", "kicker", "code", "ratio_milli")


def script_of_plan(plan: Plan) -> str:
    """``script.md`` of a film: settings, then a screen for each shot, ``---`` where the plan's beats change. Pure."""
    named = False
    held = ""  # the picture that stands over what comes next
    blocks: list[str] = []
    for number, beat in enumerate(plan.beats):
        made: list[str] = []
        for shot in beat.shots:
            written = "\n\n".join(shot.written) if shot.written and not _is_reworded(shot) else ""
            if not written:
                screens = list(_screens(shot, named=named))
                named = named or any(one.form == "reveal" for one in screens)
                written = write_script(Script(screens=tuple(screens))).strip() if screens else ""
            named = named or written.startswith("# ")
            made += [written] if written else []
            made += _spoken(beat, shot) if written else []
        if made and blocks and number and not _goes_on(blocks, made[0]):
            blocks.append("---")
            held = ""
        for block in made:
            picture, words = _parted(block)
            blocks.append(words if picture and picture == held else block)
            held = picture or ("" if "![" in block else held)
    front = _settings(plan)
    text = "\n\n".join([*([front] if front else []), *blocks])
    return f"{text}\n" if text else ""


def _goes_on(before: Sequence[str], block: str) -> bool:
    """Whether a ``---`` would change what ``block`` is: spoken under a screen, or the next step of a list."""
    heads = _is_spoken(before[-1]) and (len(before) == 1 or before[-2] == "---")  # spoken before its screen
    return heads or _is_spoken(block) or bool(_LATER_STEP.match(block))


def _parted(block: str) -> tuple[str, str]:
    """The picture that stands alone at the head of ``block`` with words after it, and these."""
    first, _, rest = block.partition("\n\n")
    return (first, rest) if rest and _PICTURE.fullmatch(first) else ("", block)


def _is_spoken(block: str) -> bool:
    return block.startswith(">") and "\n> —" not in block


def _settings(plan: Plan) -> str:
    """Those of the script; of a film from a brief its shape, its tone and its language."""
    if plan.written:
        return write_script(Script(settings=dict(json.loads(plan.written)))).strip()
    if plan.author == "person":
        return ""
    return write_script(
        Script(settings={"aspect": aspect_of(plan.size), "tone": plan.tone, "language": plan.language})
    ).strip()


def _is_reworded(shot: Shot) -> bool:
    """Whether an edit since has other words on screen than the script has."""
    if not shot.scripted or shot.scripted == scripted_digest(shot):
        return False
    there = _letters(unquote(" ".join(shot.written)))
    return any(_letters(said) not in there for role, said in shot.words.items() if role != "name")


def _letters(text: str) -> str:
    return "".join(char for char in text.casefold() if char.isalnum())


def _spoken(beat: Beat, shot: Shot) -> list[str]:
    """What is said from this shot on; a quote is its own line."""
    if "quote" in shot.words or any(one.startswith(">") for one in shot.written):
        return []
    start = beat.start + sum(one.length for one in beat.shots[: beat.shots.index(shot)])
    return [
        write_spoken(line.text)
        for line in beat.lines
        if start <= beat.start + line.start < start + shot.length and line.text.strip() and not _shows(shot, line.text)
    ]


def _shows(shot: Shot, text: str) -> bool:
    """Whether the line is what stands on screen anyway."""
    return _letters(text) in _letters(" ".join(shot.words.values()))


def _steps(words: str) -> list[str]:
    """Steps as they stand in a plan, each with its styles."""
    return [step.strip() for step in _STEP_ENDS.split(words) if step.strip()]


def _runs(said: Sequence[Piece]) -> tuple[Run, ...]:
    return tuple(Run(text=piece.text, style=piece.style) for piece in said)


def _on_one_line(said: Sequence[Piece]) -> Screen:
    return replace(_plain(""), runs=tuple(replace(run, text=run.text.replace("\n", " ")) for run in _runs(said)))


def _plain(text: str) -> Screen:
    return Screen(form="words", line=0, beat=0, runs=(Run(text=text),))


def _screens(shot: Shot, *, named: bool) -> Iterator[Screen]:
    """The screens that words by role come to: a form where the roles have one, else plain paragraphs."""
    styled = {role: pieces(said.replace(" | ", "|").strip()) for role, said in shot.words.items() if said.strip()}
    words = {role: "".join(piece.text for piece in said) for role, said in styled.items()}
    if "number" in words:
        yield _number(words)
    elif "quote" in words:
        who = ", ".join(words[role] for role in ("who", "role") if role in words)
        one = _on_one_line(styled["quote"])
        yield replace(one, form="quote", who=who) if who else one
    elif "listing" in words:
        yield replace(_plain(words["listing"]), form="code")
    elif "steps" in words:
        for n, step in enumerate(_steps(shot.words["steps"]), 1):
            yield replace(_on_one_line(pieces(step)), form="step", number=str(n))
    elif "before" in words and "after" in words:
        struck = Run(text=words["before"], style="struck")
        yield replace(_plain(""), runs=(struck, Run(text=" "), *_runs(styled["after"])))
    elif "url" in words:
        yield from _call(words)
    elif "name" in words and not named:
        yield replace(_on_one_line(styled["name"]), form="reveal")
        if "descriptor" in words:
            yield replace(_on_one_line(styled["descriptor"]), form="descriptor")
    else:
        yield from (replace(_plain(""), runs=_runs(said)) for role, said in styled.items() if role not in _BESIDE)
    for role in ("terms", "source", "legal"):
        if role in words:
            one = _plain(words[role])
            yield replace(one, said=replace(one.said, legal=True))


def _number(words: Mapping[str, str]) -> Screen:
    bold = f"{words.get('prefix', '')}{words['number']}{' ' if 'unit' in words else ''}{words.get('unit', '')}"
    rest = (Run(text=f" {words['label']}"),) if "label" in words else ()
    return replace(_plain(""), form="proof", runs=(Run(text=bold, style="strong"), *rest))


def _call(words: Mapping[str, str]) -> Iterator[Screen]:
    where = words["url"]
    text = words.get("line") or where
    if _PHONE.fullmatch(where):
        yield replace(_plain(text), form="call", url=f"tel:{where.replace(' ', '%20')}")
    elif _ADDRESS.fullmatch(where):
        yield replace(_plain(text), form="call", url=where if where.startswith("http") else f"https://{where}")
    else:
        yield _plain(text)
        if text != where:
            yield _plain(where)
