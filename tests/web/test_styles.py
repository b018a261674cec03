"""The style sheets: a colour stands in the tokens alone, so that a theme is one file."""

from __future__ import annotations

import re
from pathlib import Path

import reelwright.web as web

STYLES = Path(web.__file__).parent / "styles"
COLOUR = re.compile(r"#[0-9a-fA-F]{3,8}\b|\b(?:rgba?|hsla?|oklch|oklab|lab|lch)\(")
NAMED = re.compile(r":[^;{}]*\b(?:white|black|gr[ae]y|red|green|blue|yellow|orange)\b(?!-)")


def test_only_the_tokens_have_colours() -> None:
    sheets = sorted(STYLES.glob("*.css"))
    assert len(sheets) > 10
    found = [
        f"{sheet.name}: {line.strip()[:80]}"
        for sheet in sheets
        if sheet.name != "tokens.css"
        for line in sheet.read_text("utf-8").splitlines()
        if COLOUR.search(line) or NAMED.search(line)
    ]
    assert not found


def test_every_token_that_a_sheet_uses_is_defined() -> None:
    text = "".join(sheet.read_text("utf-8") for sheet in STYLES.glob("*.css"))
    defined = set(re.findall(r"(--[a-z0-9-]+)\s*:", text))
    unknown = {name for name, rest in re.findall(r"var\((--[a-z0-9-]+)(,?)", text) if not rest} - defined
    assert not {name for name in unknown if f'"{name}' not in _read_pages()}


def _read_pages() -> str:
    """Return the templates and scripts: some set a token of one element."""
    folder = STYLES.parent
    return "".join(page.read_text("utf-8") for kind in ("*.html", "*.js") for page in folder.rglob(kind))
