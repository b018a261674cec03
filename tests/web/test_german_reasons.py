"""No English sentence of a job, a purchase or a note stands on a German page: lists taken from the code, and pages."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml

import reelwright
from reelwright.advice_texts import ACTIONS, ADVICE
from reelwright.errors import Refused
from reelwright.message_texts import MESSAGES
from reelwright.messages import format_notes, format_plain_action, format_reason
from reelwright.reason import Action, Reason, build_reason
from reelwright.studio.results.results import Finding, ShotSummary
from reelwright.studio.runtime.quality import explain_faults
from reelwright.studio.studio import AsyncStudio
from reelwright.web.job_messages import ReasonTexts
from reelwright.web.notes import Notes, load_notes
from reelwright.web.rendering import _HERE
from reelwright.web.texts import load_sentences
from web.conftest import FREE, PAID, Visitor

PACKAGE = Path(reelwright.__file__).parent
GERMAN = {"Accept-Language": "de"}
NOTES = yaml.safe_load((_HERE / "languages" / "notes" / "de.yaml").read_text(encoding="utf-8"))
NEVER_ON_A_PAGE = re.compile(
    r"webhook_|token_|issuer_|client_refused|link|delivery_|backup|no_journal_to_back_up|video_index|method_|label_not|"
    r"limit_not|hub_|disk_too_small|download_not_agreed|weights_differ"
)
"""Codes of the API's own routes, of signing in at an issuer and of commands for operators."""
NOTE_WRITERS = (
    "planner/rules.py", "planner/look_choice.py", "planner/casting/budget.py",
    "planner/casting/cast.py", "planner/casting/clip.py", "planner/casting/exclusion_warnings.py",
    "planner/edits/relengthening.py",
    "planner/presets.py", "planner/screens/own_pictures.py", "planner/writing/written_script.py",
    "studio/edits/editing.py", "studio/scripts/briefing.py",
)  # fmt: skip
"""Modules whose sentences are notes beside a draft or a price."""
COMPOSED = frozenset({"Planned anew from the brief for 7 s: 7 shots7.", "7; the cheapest way costs $7, 7."})
"""Sentences of which the code makes a part first; both stand among the notes as a whole."""
SENTENCE = re.compile(r"(?:\0|[A-Z“]).{12,}[.]", re.DOTALL)


def list_sentences(path: Path) -> Iterator[str]:
    """Yield the sentences of a module, each value as a number; no docstring."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    docstrings = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    inside = {id(one) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for one in node.values}
    for node in ast.walk(tree):
        if id(node) in docstrings or id(node) in inside:
            continue
        text = ""
        if isinstance(node, ast.JoinedStr):
            text = "".join(str(one.value) if isinstance(one, ast.Constant) else "\0" for one in node.values)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            text = node.value
        if SENTENCE.fullmatch(text) and " " in text:
            yield text.replace("\0", "7")


def test_every_reason_that_a_page_shows_has_a_german_sentence_and_its_advice() -> None:
    german = load_sentences("de")
    assert not [code for code in MESSAGES if code not in german.messages and not NEVER_ON_A_PAGE.match(code)]
    assert ACTIONS.keys() == german.actions.keys()
    assert ADVICE.keys() == german.advice.keys()
    for code, text in german.messages.items():
        has_words = re.search("[a-z]{3}", re.sub("{.*?}", "", text))
        assert not has_words or text != MESSAGES[code], code


@pytest.mark.parametrize("name", NOTE_WRITERS)
def test_every_note_of_the_planner_and_of_a_quote_has_a_german_one(name: str) -> None:
    german = load_notes("de")
    found = [*list_sentences(PACKAGE / name)]
    assert found
    assert not [one for one in found if one not in COMPOSED and german.translate(one) == one]


def test_a_german_note_names_the_values_of_the_english_one_and_stands_in_order() -> None:
    for english, translated in NOTES.items():
        assert set(re.findall(r"{\w+}", translated)) <= set(re.findall(r"{\w+}", english)), english
    assert [*NOTES] == sorted(NOTES)


async def test_looks_flavors_and_moods_are_described_in_german(visitor: Visitor) -> None:
    studio: AsyncStudio = visitor.studio
    rows = [*await studio.list_looks(), *await studio.list_flavors(), *await studio.list_moods()]
    texts = {one.description for one in rows} | {mood.use_when for mood in await studio.list_moods()}
    assert not [text for text in texts if text and text not in NOTES]


def test_what_a_person_wrote_in_a_note_stays_and_a_strange_note_is_found_quickly() -> None:
    german = load_notes("de")
    note = "Not used of the brief: “food”, “the music” and 3 more. To show it, write a script that says what to show "
    note += "(script.md), or choose a language model that writes the film's words, on this machine or a paid one."
    assert german.translate(note).startswith("Vom Briefing nicht verwendet: “food”, “the music” und 3 weitere. ")
    caption = build_reason("edit_lost_caption", caption="food")
    shown, *_ = format_notes([caption])
    assert german.translate(shown) == f"{format_reason(caption, sentences=load_sentences('de'))}."
    strange = "is cropped about its middle to " * 60
    assert german.translate(strange) == strange
    assert Notes({}).translate("anything") == "anything"


@dataclass(frozen=True)
class Job:
    """A job with a reason, as its summary has it."""

    reason: Reason | None
    message: str = "said in English"


def test_a_job_s_reason_names_its_shot_in_german_and_keeps_a_provider_s_words() -> None:
    texts = ReasonTexts(load_sentences("de"), is_english=False)
    shot = ShotSummary.model_construct(id="shot_1", n=3, take=None)
    reason = build_reason(
        "content_filtered", step="take/shot_1", provider="openai", fault="400 (no violence)",
        actions=[Action("edit_shot")],
    )  # fmt: skip
    shown = texts.format_job(Job(reason), [shot])
    assert shown == "Take der Einstellung 3: der Inhaltsfilter von openai hat das abgelehnt: 400 (no violence)"
    assert texts.format_job(Job(reason)).startswith("Take: der Inhaltsfilter"), "its number is not known there"
    assert texts.format_action(reason.actions[0]) == "Die Einstellung ändern" != format_plain_action(reason.actions[0])
    assert texts.format_job(Job(None)) == "said in English"
    english = ReasonTexts(load_sentences("en"), is_english=True)
    assert english.format_job(Job(reason)) == "said in English" != format_reason(reason)


def test_the_faults_of_a_film_that_waits_are_named_in_german() -> None:
    reason = build_reason("take_small", found="320x180", ordered="720p")
    fault = Finding(
        id="small/2", check="small", shot="shot_1", reason=reason, message=format_reason(reason), is_fault=True
    )  # fmt: skip
    texts = ReasonTexts(load_sentences("de"), is_english=False)
    assert texts.format_job(Job(explain_faults((fault,)))) == "Einstellung 2: 320x180 kam, bestellt war 720p"
    assert format_reason(explain_faults((fault,))) == "shot 2: 320x180 came, and 720p was ordered"


def list_english(page_text: str) -> list[str]:
    """The sentences of reasons, with three words of their own in a row, that stand on a page."""
    found = []
    for code, text in MESSAGES.items():
        parts = (part.strip(" ,;:()") for part in re.split(r"{.*?}", text))
        found += [f"{code}: {part}" for part in parts if part.count(" ") >= 2 and part in page_text]
    return found


async def test_a_german_page_has_no_english_sentence_whatever_became_of_the_job(buyer: Visitor) -> None:
    assert buyer.proxy
    free = await buyer.make(FREE)
    buyer.proxy.answers = [Refused("no", code="content_filtered", provider="proxy", fault="no")]
    stuck = await buyer.make(PAID)
    await buyer.finish(stuck)
    pages = ["/studio/queue", "/studio/spend", f"/studio/projects/{free}", f"/studio/projects/{stuck}"]
    pages += [f"/studio/projects/{stuck}?tab={tab}" for tab in ("look", "film", "history")]
    (job, *_) = await buyer.studio.list_jobs()
    assert job.reason, job
    for path in pages:
        page = await buyer.see(path, **GERMAN)
        assert page.answer.status_code == 200 and not list_english(page.text), path
    for one in await buyer.studio.list_jobs():
        if one.state in ("queued", "waiting", "stopped"):
            await buyer.studio.cancel(one.id)
    assert not list_english((await buyer.see("/studio/queue", **GERMAN)).text)
