"""The words of one block: runs by style, its pictures and links, and nothing of Markdown left over."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import groupby
from operator import attrgetter
from pathlib import PurePosixPath
from typing import Final, NamedTuple
from urllib.parse import unquote

from markdown_it.token import Token

from reelwright.documents.script import Picture, Refuser, Run
from reelwright.reel.film.markup import Style

_SCHEMES: Final = ("http", "https", "tel", "mailto")
_SCHEME: Final = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*):")
_LEFT: Final = {"**": "strong words", "~~": "struck words"}
_UNPAIRED: Final = re.compile(r"\*\*|~~")
_UNREAD: Final = re.compile(r"!?\[[^\[\]\n]*\]\([^)\n]*\)?")
_SPACES: Final = re.compile(r"[ \t]+")
_STYLES: Final[dict[str, Style]] = {"strong_open": "strong", "s_open": "struck"}


class Link(NamedTuple):
    """A link: its words and its address."""

    text: str
    url: str


class Words(NamedTuple):
    """The words, pictures and links of a block. ``is_single_link``: the block is one link and nothing else."""

    runs: tuple[Run, ...]
    pictures: tuple[Picture, ...]
    links: tuple[Link, ...]
    is_single_link: bool

    @property
    def text(self) -> str:
        """All the words, with their line breaks."""
        return "".join(run.text for run in self.runs)


class WordReader:
    """Reads the inline tokens of the blocks of one script."""

    def __init__(self, refuse: Refuser) -> None:
        self._refuse = refuse

    def read(self, children: Sequence[Token], line: int) -> Words:
        """Read the words of a block that begins in ``line``.

        Raises ``BadInput`` for raw HTML, an unpaired marker, and links and pictures that are not accepted.
        """
        runs: list[Run] = []
        pictures: list[Picture] = []
        links: list[Link] = []
        styles: list[Style] = []
        linked: list[str] | None = None
        url = ""
        at = line
        outside = False
        for token in children:
            kind = token.type
            text = ""
            if kind in ("text", "text_special"):
                text = token.content
            elif kind in ("softbreak", "hardbreak"):
                text, at = "\n", at + 1
            elif kind == "code_inline":
                text = token.content
            elif kind in _STYLES:
                styles.append(_STYLES[kind])
            elif kind in ("strong_close", "s_close"):
                styles.pop()
            elif kind == "link_open":
                url = self._url(str(token.attrs.get("href", "")), token, at)
                linked = []
            elif kind == "link_close":
                links.append(Link("".join(linked or ()).strip(), url))
                linked = None
            elif kind == "image":
                pictures.append(self._picture(token, at))
            elif kind == "html_inline":
                self._refuse(at, token.content, "words; a sign < is written \\<")
            elif kind not in ("em_open", "em_close"):
                self._refuse(at, token.content or kind, "words, **strong** and ~~struck~~ words, links and pictures")
            if text:
                if linked is not None:
                    linked.append(text)
                elif text.strip():
                    outside = True
                runs.append(Run(text=text, style="struck" if "struck" in styles else styles[-1] if styles else "plain"))
        runs = _trimmed(runs)
        self._check_left_over(children, line)
        return Words(tuple(runs), tuple(pictures), tuple(links), len(links) == 1 and not outside)

    def _check_left_over(self, children: Sequence[Token], line: int) -> None:
        """Refuse text that looks like a marker, a link or a picture but is none: it would appear on screen as it is."""
        plain = "".join(
            token.content if token.type == "text" else "\n" if token.type.endswith("break") else "\0"
            for token in children
        )
        for number, text in enumerate(plain.split("\n"), line):
            if mark := _UNPAIRED.search(text):
                escaped = "".join(f"\\{char}" for char in mark[0])
                what = f"a pair of {mark[0]} around {_LEFT[mark[0]]}"
                self._refuse(number, text.replace("\0", " "), f"{what}; the signs themselves are written {escaped}")
            if found := _UNREAD.search(text):
                accepted = "[words](https://…) or ![what is seen](file.png), without spaces in the address"
                self._refuse(number, found[0], f"{accepted}; a bracket itself is written \\[")

    def _url(self, href: str, token: Token, line: int) -> str:
        found = _SCHEME.match(href)
        if not href:
            self._refuse(line, "a link without an address", "[words](https://…), tel: or mailto:")
        if found is None or found[1].lower() not in _SCHEMES:
            self._refuse(line, href, f"an address that begins with {', '.join(f'{one}:' for one in _SCHEMES)}")
        if token.attrs.get("title"):
            self._refuse(line, str(token.attrs["title"]), "a link without a title; its words are what is shown")
        return href

    def _picture(self, token: Token, line: int) -> Picture:
        source = unquote(str(token.attrs.get("src", "")))
        alt = _alt(token.children or ())
        if token.attrs.get("title"):
            self._refuse(line, str(token.attrs["title"]), "a picture without a title")
        if not source:
            if not alt.strip():
                self._refuse(line, "![]()", "![what is seen]() or ![](file.png)")
            return Picture(description=" ".join(alt.split()), line=line)
        path = PurePosixPath(source)
        if _SCHEME.match(source) or path.is_absolute() or ".." in path.parts or "\\" in source or "\0" in source:
            self._refuse(line, source, "a picture or clip in the script's folder, such as ![](bottle.png)")
        return Picture(file=str(path), description=" ".join(alt.split()), line=line)


def is_number(text: str) -> bool:
    """Return whether a digit of any script, or a currency sign, stands anywhere in ``text``."""
    return any(unicodedata.category(char) in ("Nd", "Nl", "Sc") for char in text)


def _alt(children: Sequence[Token]) -> str:
    return "".join("\n" if c.type in ("softbreak", "hardbreak") else c.content for c in children)


def _trimmed(runs: list[Run]) -> list[Run]:
    """Remove space at the ends, around line breaks and in place of pictures, and empty lines."""
    made: list[Run] = []
    for run in _joined(_space_apart(_joined(runs))):
        text = _SPACES.sub(" ", _strip_lines(run.text))
        before = made[-1].text[-1] if made else "\n"
        if before == "\n":
            text = text.lstrip()
        elif before == " ":
            text = text.lstrip(" ")
            if text.startswith("\n"):
                made[-1] = replace(made[-1], text=made[-1].text.rstrip(" "))
        if text:
            made.append(run if text == run.text else replace(run, text=text))
    while made and not (text := made[-1].text.rstrip()):
        made.pop()
    return [*made[:-1], replace(made[-1], text=text)] if made else []


def _space_apart(runs: Iterable[Run]) -> Iterator[Run]:
    """Split runs so that space around styled words has the plain style."""
    for run in runs:
        inside = run.text.strip()
        before, _, after = run.text.partition(inside) if inside else (run.text, "", "")
        yield Run(text=before)
        yield run if inside == run.text else replace(run, text=inside)
        yield Run(text=after)


def _joined(runs: Iterable[Run]) -> list[Run]:
    """Join neighbouring runs of one style; drop empty runs."""
    filled = (run for run in runs if run.text)
    return [
        Run(text="".join(run.text for run in same), style=style)
        for style, same in groupby(filled, key=attrgetter("style"))
    ]


def _strip_lines(text: str) -> str:
    """Remove spaces around each line break, and empty lines between two."""
    first, *others = text.split("\n")
    if not others:
        return text
    inner = filter(None, map(str.strip, others[:-1]))
    return "\n".join([first.rstrip(), *inner, others[-1].lstrip()])
