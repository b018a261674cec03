"""A film from a script: its project is found by its file, and a changed line makes what depends on it, and no more."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from reelwright import Studio
from reelwright.errors import BadInput, NeedsConsent
from reelwright.providers.offline import Offline
from reelwright.reel.film.breakdown import build_graph
from reelwright.settings import Settings
from reelwright.studio.scripts.scripts import read_script_source
from studio.shelf import Shelf

SURE: dict[str, Any] = {"yes": True, "accept_unconfirmed": True}
SMALL: dict[str, Any] = {"short_side": 180, "aspect": "9:16"}
MODEL = "openrouter-veo-3.1-fast"
TWO = "Cold coffee.\n\nWarm coffee."
SEEN = """\
Rain again.
![a courier leans into the rain]()

---

Dry by nine.
![a coat on a warm radiator]()
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "films").mkdir()
    return tmp_path / "films"


@pytest.fixture
def shelf() -> Shelf:
    return Shelf(smooth=True)


@pytest.fixture
def studio(shelf: Shelf, tmp_path: Path) -> Iterator[Studio]:
    with Studio(Settings(home=tmp_path / "home", hands=1), providers={"offline": Offline(), "shelf": shelf}) as opened:
        yield opened


def written(folder: Path, text: str, name: str = "script.md") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def takes(quoted: Any) -> list[str]:
    return [key for key in quoted.wanted_steps if key.startswith("take/")]


def test_a_script_makes_a_film_of_its_words_and_the_same_again_is_had(studio: Studio, folder: Path) -> None:
    path = written(folder, TWO)
    made = studio.make(script=path, **SMALL)
    assert made.state == "done" and made.film and made.film.width == 180
    assert [dict(shot.words) for shot in studio.read_plan(made.project).plan.shots] == [
        {"line": "Cold coffee."}, {"line": "Warm coffee."},
    ]  # fmt: skip
    again = studio.make(script=path, **SMALL)
    assert again.project == made.project and again.new_steps == 0 and again.up_to_date_message


def test_a_changed_line_is_the_next_revision_and_makes_one_shot(studio: Studio, folder: Path) -> None:
    path = written(folder, TWO)
    first = studio.make(script=path, **SMALL)
    written(folder, TWO.replace("Warm", "Hot"))
    assert len(takes(studio.quote(script=path, **SMALL))) == 1
    second = studio.make(script=path, **SMALL)
    assert second.project == first.project and second.state == "done"
    shown = studio.show(second.project)
    assert shown.revision == 2
    assert [dict(shot.words)["line"] for shot in studio.read_plan(second.project).plan.shots] == [
        "Cold coffee.", "Hot coffee.",
    ]  # fmt: skip


def test_a_budget_for_a_change_counts_what_is_missing_and_draws_no_shot_whose_take_is_there(
    studio: Studio, shelf: Shelf, folder: Path
) -> None:
    """2026-11-27: a change of $0.30 under a budget of $0.50 drew paid shots, since the whole film costs $2.10."""
    text = SEEN + "\n---\n\nAnd warm.\n![a cup of tea on a window sill]()\n"
    path, terms = written(folder, text), {"models": [MODEL], **SMALL}
    first = studio.make(script=path, **terms, **SURE)
    assert first.state == "done" and len(shelf.sent) == 3 and first.micros
    each = f"{first.micros / 3 / 1e6:.2f}"
    written(folder, text.replace("warm radiator", "warm stove"))
    quoted = studio.quote(script=path, max_price=each, **terms)
    assert len(takes(quoted)) == 1 and quoted.micros == first.micros / 3
    second = studio.make(script=path, budget=each, accept_unconfirmed=True, **terms)
    assert (second.state, len(shelf.sent)) == ("done", 4), second.message
    models = {getattr(shot.source, "model", None) for shot in studio.read_plan(second.project).plan.shots}
    assert len(models) == 1 and None not in models, "each of them is filmed"
    written(folder, text.replace("warm radiator", "cold stove").replace("a cup of tea", "a pot of tea"))
    quoted = studio.quote(script=path, max_price=each, **terms)
    assert takes(quoted) and not quoted.micros and any(note.startswith("To keep") for note in quoted.notes)
    third = studio.make(script=path, budget=each, accept_unconfirmed=True, **terms)
    assert (third.state, len(shelf.sent)) == ("done", 4), "two are missing, and there is money for one: both are drawn"


def test_a_film_that_a_budget_cast_stays_as_it_is_when_it_is_made_again(
    studio: Studio, shelf: Shelf, folder: Path
) -> None:
    text = SEEN + "\n---\n\nAnd warm.\n![a cup of tea on a window sill]()\n"
    path, terms = written(folder, text), {"models": [MODEL], "accept_unconfirmed": True, **SMALL}
    whole = studio.quote(script=path, models=[MODEL], **SMALL)
    assert whole.micros
    budget = f"{whole.micros * 2 / 3 / 1e6:.2f}"
    first = studio.make(script=path, budget=budget, **terms)
    sent = len(shelf.sent)
    assert first.state == "done" and 0 < sent < 3, first.message
    again = studio.make(script=path, budget=budget, **terms)
    assert (again.project, again.new_steps, len(shelf.sent)) == (first.project, 0, sent)


FILMED = [*SEEN.split("\n---\n\n"), "And warm.\n![a cup of tea on a window sill]()\n"]


@pytest.mark.parametrize(
    ("change", "bought"),
    [
        (lambda a, b, c: ("Hello you.\n![a quiet harbour at dawn]()\n", a, b, c), 1),
        (lambda a, b, c: (a, c), 0),
        (lambda a, b, c: (b, c), 0),
        (lambda a, b, c: (c, a, b), 0),
        (lambda a, b, c: (b, a, c, "Hello you.\n![a quiet harbour at dawn]()\n"), 1),
        (lambda a, b, c: (b, a, "Hello you.\n![a quiet harbour at dawn]()\n"), 1),
        (lambda a, b, c: (b, a.replace("courier", "postman"), c), 1),
    ],
    ids=[
        "put in front",
        "dropped in the middle",
        "dropped in front",
        "moved",
        "moved and one new",
        "moved and another in its place",
        "moved and one changed",
    ],
)
def test_screens_that_move_keep_their_takes(
    studio: Studio, shelf: Shelf, folder: Path, change: Any, bought: int
) -> None:
    """2026-11-27: a paragraph in front changed the camera of the others by their new beats, and bought all again."""
    path = written(folder, "\n---\n\n".join(FILMED))
    first = studio.make(script=path, models=[MODEL], **SMALL, **SURE)
    assert first.state == "done" and len(shelf.sent) == 3
    written(folder, "\n---\n\n".join(change(*FILMED)))
    assert len(takes(studio.quote(script=path, models=[MODEL], **SMALL))) == bought
    second = studio.make(script=path, models=[MODEL], **SMALL, **SURE)
    assert (second.project, second.state, len(shelf.sent)) == (first.project, "done", 3 + bought)
    shots = studio.read_plan(second.project).plan.shots
    assert len({shot.id for shot in shots}) == len(shots), "each shows its own take"
    written(folder, "\n---\n\n".join(FILMED))
    studio.make(script=path, models=[MODEL], **SMALL, **SURE)
    assert len(shelf.sent) == 3 + bought, "and back again: all of it is there"


@pytest.mark.parametrize("order", ["3,1", "2", "1,3,2"])
def test_a_film_whose_shots_were_put_into_another_order_is_made_again_from_its_script_for_nothing(
    studio: Studio, shelf: Shelf, folder: Path, order: str
) -> None:
    """2026-11-27: paid takes were bought again, two shots had one id, and no film could be made any more."""
    screens = [FILMED[0], "<!-- length: 13 s -->\n" + FILMED[1], FILMED[2]]
    path = written(folder, "\n---\n\n".join(screens))
    first = studio.make(script=path, models=[MODEL], **SMALL, **SURE)
    sent = len(shelf.sent)
    assert first.state == "done" and sent == 4, "two takes for the long one"
    assert studio.edit(first.project, order=[int(n) for n in order.split(",")], **SURE).state == "done"
    sent = len(shelf.sent)
    again = studio.make(script=path, models=[MODEL], **SMALL, **SURE)
    assert (again.project, again.state) == (first.project, "done") and again.film and first.film
    assert again.film.duration_s == first.film.duration_s
    assert len(shelf.sent) == sent, "all of it is there"


def test_words_over_a_bought_take_change_without_buying_it_again(studio: Studio, shelf: Shelf, folder: Path) -> None:
    path = written(folder, SEEN)
    first = studio.make(script=path, models=[MODEL], **SMALL, **SURE)
    bought = len(shelf.sent)
    assert first.state == "done" and bought == 2 and first.micros
    written(folder, SEEN.replace("Dry by nine.", "Dry by ten."))
    words = studio.make(script=path, models=[MODEL], **SMALL, **SURE)
    assert words.state == "done" and len(shelf.sent) == bought and words.now_micros == 0
    written(folder, SEEN.replace("a coat", "a red coat"))
    quoted = studio.quote(script=path, models=[MODEL], **SMALL)
    assert len(takes(quoted)) == 1 and quoted.micros
    with pytest.raises(NeedsConsent):
        studio.make(script=path, models=[MODEL], **SMALL)
    picture = studio.make(script=path, models=[MODEL], **SMALL, **SURE)
    assert picture.state == "done" and len(shelf.sent) == bought + 1 and picture.project == first.project


def test_what_an_edit_did_stays_while_its_line_does(studio: Studio, folder: Path) -> None:
    path = written(folder, TWO)
    made = studio.make(script=path, **SMALL)
    studio.edit(made.project, shot=1, words="Tepid coffee.")
    written(folder, TWO.replace("Warm", "Hot"))
    studio.make(script=path, **SMALL)
    lines = [shot.words["line"] for shot in studio.read_plan(made.project).plan.shots]
    assert lines == ["Tepid coffee.", "Hot coffee."]
    written(folder, TWO.replace("Cold", "Iced"))
    last = studio.make(script=path, **SMALL)
    assert any("was edited" in note for note in last.notes)
    assert studio.read_plan(made.project).plan.shots[0].words["line"] == "Iced coffee."


def test_the_project_is_found_by_path_or_by_its_key(studio: Studio, folder: Path) -> None:
    keyed = "---\nproject: mug\n---\nCold coffee."
    first = studio.make(script=written(folder, keyed), goal="plan", **SMALL)
    moved = studio.make(script=written(folder, keyed, "other.md"), goal="plan", **SMALL)
    assert moved.project == first.project
    path = written(folder, TWO, "a.md")
    one, two = (studio.make(script=written(folder, TWO, name), goal="plan", **SMALL) for name in ("a.md", "b.md"))
    assert one.project != two.project
    tall, wide = studio.make(script=path, goal="plan", **SMALL), studio.make(script=path, goal="plan", short_side=180)
    assert tall.project == one.project != wide.project, "another shape is another film"
    assert studio.make(script=path, goal="plan", new=True, **SMALL).project not in (one.project, two.project)


def test_a_text_is_a_script_too(studio: Studio) -> None:
    made = studio.plan(script=TWO, **SMALL)
    assert [shot.words["line"] for shot in made.plan.shots] == ["Cold coffee.", "Warm coffee."]


def test_settings_of_the_script_hold_where_nothing_else_is_asked_for(studio: Studio, folder: Path) -> None:
    path = written(folder, f"---\naspect: 1:1\nlength: 6 s\ntone: luxury\nmusic: chill\n---\n{TWO}")
    made = studio.plan(script=path, short_side=180).plan
    assert made.size == (180, 180) and made.seconds == 6 and made.tone == "luxury"
    assert made.bed and made.bed.mood == "chill"
    assert studio.plan(script=path, short_side=180, aspect="9:16", length=8).plan.seconds == 8


def test_pictures_and_clips_of_the_folder_are_shown(studio: Studio, folder: Path) -> None:
    Image.new("RGB", (640, 960), "#335577").save(folder / "shop.png")
    path = written(folder, "![](shop.png)\n\n---\n\nOpen at nine.\n![](shop.png)")
    plan = studio.plan(script=path, **SMALL).plan
    assert [len(shot.source.inputs) for shot in plan.shots] == [1, 1]  # type: ignore[union-attr]
    assert [shot.source.mode for shot in plan.shots] == ["picture", "take"]  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("text", "field", "said"),
    [
        ("Words\n\n![](gone.png)", "script.md line 3", "none is at"),
        ("Words\n\n![](notes.png)", "script.md line 3", "can be read"),
        ("---\ntone: shouting\n---\nWords", "script.md: tone", "energetic"),
        ("---\nmusic: no-such-model\n---\nWords here", "music", ""),
        ("---\nlength: 0 s\n---\nWords", "script.md: length", ""),
        ("---\nlength: 10 h\n---\nWords", "script.md: length", ""),
        ("", "script.md line 1", "at least one paragraph"),
    ],
)
def test_what_is_wrong_is_said_with_its_line_and_nothing_is_left_behind(
    studio: Studio, folder: Path, tmp_path: Path, text: str, field: str, said: str
) -> None:
    (folder / "notes.png").write_text("no picture")
    path = written(folder, text)
    with pytest.raises(BadInput) as refused:
        studio.make(script=path, **SMALL)
    assert refused.value.field == field and said in str(refused.value)
    assert not (tmp_path / "home").exists() or not any((tmp_path / "home").rglob("*.png"))


def test_a_picture_outside_the_folder_is_refused_also_through_a_link(studio: Studio, folder: Path) -> None:
    Image.new("RGB", (64, 64)).save(folder.parent / "secret.png")
    (folder / "inside.png").symlink_to(folder.parent / "secret.png")
    with pytest.raises(BadInput, match="in the script's folder"):
        studio.plan(script=written(folder, "Words\n\n![](inside.png)"), **SMALL)


def test_a_file_that_is_no_script_is_refused(studio: Studio, folder: Path) -> None:
    (folder / "film.mp4").write_bytes(b"\x00\x01\xff\xfe" * 64)
    with pytest.raises(BadInput, match="UTF-8"):
        studio.plan(script=folder / "film.mp4")
    with pytest.raises(BadInput, match="a file that exists"):
        read_script_source("missing.md")
    with pytest.raises(BadInput, match="this is none"):
        read_script_source(folder)
    with pytest.raises(BadInput, match="a brief, or a script"):
        studio.plan("A brief about coffee", script=folder / "script.md")
    with pytest.raises(BadInput, match="nothing beside a script"):
        studio.plan(script=written(folder, TWO), images=[folder / "a.png"])


VOICE = "eleven_v3:Rachel"


def test_a_spoken_script_is_had_when_it_is_made_again_and_a_changed_line_is_said_anew(
    studio: Studio, shelf: Shelf, folder: Path
) -> None:
    text = "Buses stop here.\n\n> Residents keep their access.\n\n---\n\nThank you."
    path = written(folder, f"---\nvoice: {VOICE}\n---\n{text}")
    first = studio.make(script=path, **SMALL, **SURE)
    assert first.state == "done" and [request.prompt for request in shelf.asked("speech")] == [
        "Residents keep their access."
    ]
    again = studio.make(script=path, **SMALL, **SURE)
    assert again.up_to_date_message and len(shelf.sent) == 1
    written(folder, f"---\nvoice: {VOICE}\n---\n{text.replace('Thank you', 'Thanks')}")
    assert studio.make(script=path, **SMALL, **SURE).state == "done" and len(shelf.sent) == 1
    written(folder, f"---\nvoice: {VOICE}\n---\n{text.replace('keep', 'have')}")
    assert studio.make(script=path, **SMALL, **SURE).state == "done"
    assert [request.prompt for request in shelf.asked("speech")][1:] == ["Residents have their access."]


def test_another_voice_speaks_the_lines_again_and_stays_when_the_script_changes(
    studio: Studio, shelf: Shelf, folder: Path
) -> None:
    text = f"---\nvoice: {VOICE}\n---\n# Fenn\n\n> It never flickers.\n\nForty hours\n"
    path = written(folder, text)
    assert studio.make(script=path, **SMALL, **SURE).state == "done"
    quoted = studio.quote_edit("last", voice="brian")
    assert quoted.micros > 0 and not [key for key in quoted.wanted_steps if key.startswith(("take/", "still/"))]
    assert studio.edit("last", voice="brian", **SURE).state == "done"
    voices = [request.extra["voice"] for request in shelf.asked("speech")]
    assert voices == [VOICE.partition(":")[2], "brian"]
    written(folder, text.replace("Forty", "Fifty"))
    assert studio.make(script=path, **SMALL, **SURE).state == "done"
    assert len(shelf.asked("speech")) == 2, "the edit's voice stays, and is not bought again"
    back = studio.edit("last", voice=VOICE, **SURE)
    assert back.state == "done" and len(shelf.asked("speech")) == 2, "the first voice is had"
    assert not studio.read_plan("last").plan.replaced_voices


def test_a_comment_gives_a_screen_a_model_and_a_line_a_voice(studio: Studio, shelf: Shelf, folder: Path) -> None:
    path = written(
        folder,
        f"<!-- model: {MODEL} -->\nRain again.\n![a courier in the rain]()\n\n---\n\nDry by nine.\n\n"
        f"<!-- voice: {VOICE} -->\n> Dry by nine, every day.",
    )
    made = studio.make(script=path, **SMALL, **SURE)
    assert made.state == "done", made.message
    assert [request.model for request in shelf.asked("video")] == [MODEL]
    assert [request.prompt for request in shelf.asked("speech")] == ["Dry by nine, every day."]
    first = studio.read_plan(made.project).plan.shots[0]
    assert [dict(overlay.words) for overlay in first.overlays] == [{"line": "Rain again."}], (
        "its words lie over the take"
    )


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (f"<!-- model: {MODEL} -->\nRain again.", "says what is seen"),
        (f"<!-- voice: {VOICE} -->\nRain again.", "before what is spoken"),
        ("<!-- model: no-such -->\nRain.\n![a street]()", "no-such"),
    ],
)
def test_a_comment_that_could_do_nothing_is_refused(studio: Studio, folder: Path, text: str, said: str) -> None:
    with pytest.raises(BadInput, match=said):
        studio.plan(script=written(folder, text), **SMALL)


def test_a_plan_that_came_of_no_script_is_the_same_command_as_before_there_were_scripts() -> None:
    from reelwright.reel.base.document import to_plain
    from reelwright.reel.film.brief import Brief
    from reelwright.reel.film.command import compute_plain_command_digest

    brief, shot = to_plain(Brief(text="A fox")), {"id": "shot_1", "words": {"line": "Fox"}}
    old = {"title": "Fox", "beats": [{"id": "beat_1", "shots": [shot]}]}
    empty = {**shot, "written": [], "scripted": ""}
    new = {"title": "Fox", "written": "", "beats": [{"id": "beat_1", "shots": [empty]}]}
    assert compute_plain_command_digest(brief, (new, {})) == compute_plain_command_digest(brief, (old, {}))
    script = {**new, "written": '{"tone": "calm"}'}
    assert compute_plain_command_digest(brief, (script, {})) != compute_plain_command_digest(brief, (old, {}))


def test_captions_stand_beside_a_film_that_has_some_and_go_with_them_and_nobody_elses_do(
    studio: Studio, folder: Path
) -> None:
    Image.effect_noise((320, 320), 60).convert("RGB").save(folder / "rain.jpg")
    said = "![](rain.jpg)\n> It pours, and nobody stops.\n"
    out = folder / "film.mp4"
    made = studio.make(script=written(folder, said), out=out, **SMALL)
    assert made.film and set(made.film.captions) == {"srt", "vtt", "ass"}
    assert "nobody stops" in out.with_suffix(".srt").read_text(encoding="utf-8")
    out.with_suffix(".vtt").write_text("mine", encoding="utf-8")
    made = studio.make(script=written(folder, "![](rain.jpg)\n"), out=out, **SMALL)
    assert made.film and not made.film.captions
    assert not out.with_suffix(".srt").exists() and out.with_suffix(".vtt").read_text(encoding="utf-8") == "mine"


# the script of an edited film


EDITED = "# Fenn\n\nIt never flickers.\n\n**60 hours** of light\n\nIt folds flat.\n\n[Order](https://fenn.example)\n"
BRIEF = 'A lamp called "Fenn". It never flickers. 60 hours of light on one charge. Order at fenn.example.'


@pytest.mark.parametrize("source", [{"script": EDITED}, {"brief": BRIEF}], ids=["script", "brief"])
def test_the_script_of_an_edited_film_changes_nothing_but_the_line_that_is_changed(
    studio: Studio, folder: Path, source: dict[str, str]
) -> None:
    """2026-11-30: pictures, words and looks that edits gave a film were gone when its own script came back."""
    Image.new("RGB", (640, 360), "#335577").save(folder / "shop.png")
    made = studio.make(**source, short_side=180, aspect="16:9", goal="plan").project
    n = 1 + next(n for n, shot in enumerate(studio.read_plan(made).plan.shots) if "never" in shot.words.get("line", ""))
    for edit in (
        {"shot": n, "words": "It never dims"}, {"shot": n, "image": folder / "shop.png"}, {"shot": n + 1, "length": 4},
        {"look": "noir", "accent": "#D6323F", "mood": "tense"}, {"aspect": "16:9,1:1"},
    ):  # fmt: skip
        studio.edit(made, **edit)  # type: ignore[arg-type]
    before, script = studio.read_plan(made).plan, studio.read_script(made).script
    assert "It never dims" in script and "music: tense" in script
    same = studio.quote_script(made, script=script)
    assert same.plan and not same.lost_edits
    assert build_graph(same.plan, "film").steps == build_graph(before, "film").steps
    studio.replace_script(made, script=script.replace("60", "70"), goal="plan")
    after = studio.read_plan(made).plan
    changed = [was.id for was, now in zip(before.shots, after.shots, strict=True) if was.source != now.source]
    assert changed == [before.shots[n].id], "the shot whose line was changed"
    assert [shot.length for shot in after.shots] == [shot.length for shot in before.shots]
    assert (after.look, after.size, after.formats) == (before.look, before.size, before.formats)
    assert after.bed == before.bed
    assert sorted(studio.read_script(made).script.splitlines()) == sorted(script.replace("60", "70").splitlines())


def test_a_take_of_a_reworded_shot_is_had_when_the_film_s_own_script_comes_back(
    studio: Studio, shelf: Shelf, folder: Path
) -> None:
    path = written(folder, SEEN)
    made = studio.make(script=path, models=[MODEL], **SMALL, **SURE).project
    studio.edit(made, shot=1, words="Rain, rain.", prompt="a postman leans into the wind", **SURE)
    sent, script = len(shelf.sent), studio.read_script(made).script
    assert "Rain, rain.\n![a courier leans into the rain]()" in script
    again = studio.replace_script(made, script=script.replace("Dry by nine.", "Dry by ten."), **SURE)
    assert again.state == "done" and len(shelf.sent) == sent
    assert [shot.words["line"] for shot in studio.read_plan(made).plan.shots] == ["Rain, rain.", "Dry by ten."]


def test_a_script_that_comes_back_after_another_aspect_asks_for_the_same_takes(studio: Studio, folder: Path) -> None:
    """2026-11-30: a film of 16:9 that an edit made upright had the tone of a short, and all its takes bought again."""
    made = studio.make(script=written(folder, SEEN), models=[MODEL], goal="plan", short_side=180, aspect="16:9").project
    studio.edit(made, aspect="9:16", **SURE)
    before = studio.read_plan(made).plan
    changed = studio.quote_script(made, script=SEEN.replace("Dry by nine.", "Dry by ten."))
    assert changed.plan and changed.plan.tone == before.tone
    assert [shot.source for shot in changed.plan.shots] == [shot.source for shot in before.shots]


def test_a_narration_says_the_words_of_an_edit_when_the_script_changes_elsewhere(studio: Studio, folder: Path) -> None:
    text = "Cold coffee.\n\n> Cold coffee.\n\n---\n\nWarm coffee."
    path = written(folder, f"---\nvoice: {VOICE}\n---\n{text}")
    made = studio.make(script=path, goal="plan", **SMALL).project
    studio.edit(made, shot=1, words="Tepid coffee.", **SURE)
    written(folder, f"---\nvoice: {VOICE}\n---\n{text.replace('Warm', 'Hot')}")
    assert studio.make(script=path, goal="plan", **SMALL).project == made
    assert [line.text for _, line in studio.read_plan(made).plan.list_lines()] == ["Tepid coffee."]
