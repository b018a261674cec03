"""The texts of the pages: each stands by key, German is complete, and a person gets the language of the browser."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from jinja2 import nodes

from reelwright.advice_texts import ACTIONS, ADVICE
from reelwright.errors import BadInput, NotFound
from reelwright.message_texts import MESSAGES
from reelwright.messages import NUMBER_PLACE, format_reason
from reelwright.web import rendering
from reelwright.web.create.draft_view import LANGUAGES
from reelwright.web.notes import load_notes
from reelwright.web.rendering import _HERE, _MONTHS, _build_environment
from reelwright.web.texts import NAMES, load_sentences, load_texts
from web.conftest import FREE, Visitor

TEMPLATES = sorted(_HERE.rglob("*.html"))
SAME_EVERYWHERE = {"Reelwright", "Animatic", "VoltCup", "CSV", "s", "esc", "UTC", "MP", "ZIP", "Markdown", "JSON",
                   "OTIO", "SRT", "VTT", "LUFS", "Space", "fps", "dBTP", "RRGGBB", "bpm"}  # fmt: skip
"""Words of templates that are names, units or keys."""
SHOWN = re.compile(r"""(?:title|aria-label|placeholder|alt|label)="([^"]*)"|>([^<]*)<""")
NUMBER = re.compile(r"\d+(?:\.\d+)?")
PARTS = re.compile(r"{[{%#].*?[}%#]}", re.DOTALL)


def list_literals(source: str) -> Iterator[str]:
    """Yield the words of a template that a person reads and that are not looked up."""
    plain = PARTS.sub(lambda part: "\0" * (part[0].startswith("{{")), source)
    for match in SHOWN.finditer(f">{plain}<"):
        text = re.sub(r"&\w+;", "", match[1] or match[2] or "")
        if re.search("[/=@]", text):
            continue  # an address, or attributes that a block has
        for word in re.findall(r"[^\W\d_]{2,}", text):
            if word not in SAME_EVERYWHERE:
                yield word


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_every_text_of_a_template_stands_by_key(path: object) -> None:
    source = path.read_text(encoding="utf-8")  # type: ignore[attr-defined]
    assert not [*list_literals(source)]


def list_messages() -> dict[str, str]:
    """Every text that the templates and the code of the pages look up, with that for several things."""
    environment = _build_environment("en")
    found = dict.fromkeys((*_MONTHS, *LANGUAGES.values()), "")
    for path in TEMPLATES:
        for _, _, message in environment.extract_translations(path.read_text(encoding="utf-8")):
            texts = message if isinstance(message, tuple) else (message or "",)
            found[texts[0]] = " ".join(text for text in texts if text)
    found.pop("")  # a name that is looked up by a variable: it is one of LANGUAGES
    for path in _HERE.rglob("*.py"):
        found |= dict.fromkeys(re.findall(r'\b_translate\("([^"]+)"\)', path.read_text(encoding="utf-8")), "")
    return found


@pytest.mark.parametrize("tag", sorted(NAMES.keys() - {"en"}))
def test_a_language_has_every_text_with_its_values_and_no_other(tag: str) -> None:
    known = yaml.safe_load((_HERE / "languages" / f"{tag}.yaml").read_text(encoding="utf-8"))
    messages = list_messages()
    assert not messages.keys() - known.keys(), "write their translation"
    assert not known.keys() - messages.keys(), "no page has them any more"
    for english, translated in known.items():
        for text in [translated] if isinstance(translated, str) else translated:
            accepted = set(re.findall(r"%\((\w+)\)s", f"{english} {messages[english]}"))
            assert set(re.findall(r"%\((\w+)\)s", text)) <= accepted, english


async def test_the_pages_come_in_the_language_of_the_browser_or_the_one_that_was_chosen(visitor: Visitor) -> None:
    for accepted, tag in (
        ("de-CH,de;q=0.9", "de"),
        ("fr, de;q=0.5", "de"),
        ("fr", "en"),
        ("", "en"),
        ("x" * 5000, "en"),
    ):
        page = await visitor.see("/studio", **{"Accept-Language": accepted})
        assert page.list_tags("html")[0]["lang"] == tag, accepted
    german = await visitor.see("/studio", **{"Accept-Language": "de"})
    assert "Machen Sie jetzt Ihren ersten Film, gratis." in german.text
    chosen = await visitor.client.get("/studio/language?to=de")
    assert chosen.status_code == 303
    assert "Aufträge" in (await visitor.see("/studio/queue")).text
    await visitor.client.get("/studio/language?to=nonsense")
    assert "Aufträge" in (await visitor.see("/studio/queue")).text
    visitor.client.cookies.clear()
    assert "Queue" in (await visitor.see("/studio/queue")).text


async def test_words_of_the_catalogues_stand_in_german_on_a_german_page(visitor: Visitor) -> None:
    german = {"Accept-Language": "de"}
    create = (await visitor.see("/studio", **german)).text
    assert "ein Briefing, 15 s, 16:9" in create and "Fernsehen" in create and "Broadcast" not in create
    project = await visitor.make({"text": "# Fenn\n\n## A desk lamp\n\nIt never flickers.\n", "model": "animatic"})
    page = (await visitor.see(f"/studio/projects/{project}", **german)).text
    assert "Was es ist" in page and "Descriptor" not in page, "the name of a field"
    mood = (await visitor.studio.read_plan(project)).plan.bed.mood  # type: ignore[union-attr]
    assert f"{load_notes('de').translate(mood).capitalize()}, " in page and mood.capitalize() not in page
    missing = await visitor.see("/studio/nowhere", **german)
    assert "name_not_found" not in missing.text, "no code is a title"


async def test_a_pseudo_language_marks_every_heading_and_button_and_runs_from_right_to_left(visitor: Visitor) -> None:
    await visitor.make(FREE)
    (project,) = await visitor.list_projects()
    for path in ("/studio", "/studio/queue", "/studio/spend", "/studio/models", "/studio/settings",
                 f"/studio/projects/{project}"):  # fmt: skip
        page = await visitor.see(path, **{"Accept-Language": "ar-XB"})
        assert page.answer.status_code == 200 and page.list_tags("html")[0]["dir"] == "rtl"
        assert page.text.count("⟦") > 20, path


def test_prices_and_times_are_texts_too() -> None:
    formats = rendering.Formats(load_texts("de"))
    assert (formats.format_price(0), formats.format_price(400_000)) == ("gratis", "$0.40")
    assert rendering.Formats(load_texts("ar-XB")).format_length(3.2) == "\u20663.2 s\u2069", "3.2 stands before s"
    assert (formats.format_wait(50), formats.format_wait(200)) == ("etwa 50 s", "etwa 4 min")


def test_no_template_uses_the_ternary_of_a_text_that_is_not_looked_up() -> None:
    environment = _build_environment("en")
    for path in TEMPLATES:
        tree = environment.parse(path.read_text(encoding="utf-8"))
        shown = [part for output in tree.find_all(nodes.Output) for part in output.nodes]
        literals = [
            one.value
            for part in shown
            if isinstance(part, nodes.CondExpr)
            for one in (part.expr1, part.expr2)
            if isinstance(one, nodes.Const)
        ]
        assert not [text for text in literals if isinstance(text, str) and " " in text.strip()], path


@pytest.mark.parametrize("path", sorted((_HERE / "languages" / "errors").glob("*.yaml")), ids=lambda path: path.stem)
def test_the_sentences_of_errors_in_a_language_name_the_values_of_the_english_ones(path: Path) -> None:
    sentences = load_sentences(path.stem)
    pairs = ((MESSAGES, sentences.messages), (ACTIONS, sentences.actions), (ADVICE, sentences.advice))
    for english, translated in pairs:
        assert not translated.keys() - english.keys(), "no error has them any more"
        for code, text in translated.items():
            assert set(re.findall(r"{(.+?)}", text)) == set(re.findall(r"{(.+?)}", english[code])), code
    for english, translated in sentences.values.items():
        assert english.count(NUMBER_PLACE) == translated.count(NUMBER_PLACE), english


def list_texts_of_code() -> tuple[set[str], list[re.Pattern[str]]]:
    """The texts in the code with their numbers as in the keys of ``values``, and patterns of those that have values."""
    plain: set[str] = set()
    patterns: set[str] = set()
    for path in sorted(_HERE.parent.rglob("*.py")):
        source = path.read_text(encoding="utf-8")
        for node in ast.walk(ast.parse(source)):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                plain.add(NUMBER.sub(NUMBER_PLACE, node.value))
            elif isinstance(node, ast.JoinedStr):
                parts = [str(one.value) if isinstance(one, ast.Constant) else "\0" for one in node.values]
                text = NUMBER.sub(NUMBER_PLACE, "".join(parts))
                if re.search("[a-z]{3}", text):
                    patterns.add(re.escape(text).replace("\0", r"[\w.{}]+"))
    return plain, [re.compile(one) for one in patterns]


def test_every_value_that_has_a_translation_is_a_text_of_the_code() -> None:
    plain, patterns = list_texts_of_code()
    for path in sorted((_HERE / "languages" / "errors").glob("*.yaml")):
        for english in load_sentences(path.stem).values:
            assert english in plain or any(one.fullmatch(english) for one in patterns), english


def test_what_a_person_wrote_is_never_translated() -> None:
    german = load_sentences("de")
    assert format_reason(BadInput("look", "music", "a look").to_reason(), sentences=german).startswith("look: 'music'")
    missing = NotFound(code="name_not_found", kind="project", name="music")
    assert format_reason(missing.to_reason(), sentences=german) == "Projekt music gibt es hier nicht"
    colour = BadInput("accent", "red", "a colour such as #FF5A1F, or none")
    text = format_reason(colour.to_reason(), sentences=german)
    assert text == "Akzentfarbe: 'red' geht nicht; möglich: eine Farbe, etwa #FF5A1F, oder none"


async def test_an_error_is_said_in_the_language_of_the_page(visitor: Visitor) -> None:
    german = {"Accept-Language": "de"}
    unknown = await visitor.see("/studio/nowhere", **german)
    assert unknown.answer.status_code == 404 and "Seite 'nowhere' gibt es hier nicht." in unknown.text
    assert unknown.list_tags("html", lang="de") and unknown.list_tags("nav"), "with the ways to all rooms"
    project = await visitor.make(FREE)
    missing = await visitor.see("/studio/projects/project_nope", **german)
    assert "Projekt 'project_nope' gibt es hier nicht." in missing.text and "There is" not in missing.text
    page = await visitor.see(f"/studio/projects/{project}", **german)
    fields = {"ticket": page.read_field("ticket"), "way": "edit", "shot": "1", "length": "900"}
    refused = await visitor.send(f"/studio/projects/{project}/price", fields, **german)
    assert refused.codes == ["invalid_value"]
    assert "Länge: '900' geht nicht; möglich: Sekunden von" in refused.text
    script = {"text": "# Fenn\n\n![a walker]()\n", "ticket": page.read_field("ticket")}
    assert "Zeile 3: " in (await visitor.send("/studio/draft", script, **german)).text
    assert "Line 3: " in (await visitor.send("/studio/draft", script)).text
    assert "There is no page 'nowhere' here." in (await visitor.see("/studio/nowhere")).text
