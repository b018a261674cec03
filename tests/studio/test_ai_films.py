"""One key turns the animatic into AI video: quoted, bought, cut in with our words over it, and never bought twice."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from reelwright import Studio
from reelwright.catalogue.price import compute_price
from reelwright.errors import BadInput, NeedsConsent, OverBudget
from reelwright.media.base.probe import probe
from reelwright.providers.offline import Offline
from reelwright.settings import Settings
from reelwright.studio.results.results import FilmResult
from studio.shelf import Shelf

REAL_HANDS = True

BRIEF = "“It never flickers.” A 6 second film for “Fenn”, a lamp. Order at fenn.example"
SMALL: dict[str, Any] = {"short_side": 180, "aspect": "9:16", "length": 6}
VEO = {**SMALL, "models": ["openrouter-veo-3.1-fast"]}


@pytest.fixture
def shelf() -> Shelf:
    return Shelf()


@pytest.fixture
def bought(shelf: Shelf, tmp_path: Path) -> Iterator[Studio]:
    settings = Settings(home=tmp_path / "home", hands=1)
    with Studio(settings, providers={"offline": Offline(), "shelf": shelf}) as studio:
        yield studio


def finish(studio: Studio, made: FilmResult) -> FilmResult:
    """What checks find in gradients is nothing that a test of buying looks at."""
    return studio.accept(made.project) if made.state == "waiting" and made.wait_reason == "decision" else made


def test_the_quote_says_each_shot_s_price_with_its_source_and_writes_nothing(bought: Studio, tmp_path: Path) -> None:
    quoted = bought.quote(BRIEF, **VEO)
    rows = [row for row in quoted.shots if row.basis]
    assert quoted.micros == sum(row.micros for row in quoted.shots) == quoted.prices_by_step["take"] > 0
    assert all("4 s at 720p" in row.basis[0] and "2026" in row.basis[0] for row in rows)
    assert not (tmp_path / "home").exists()


def test_without_consent_it_stops_at_the_price_and_nothing_is_sent(
    bought: Studio, shelf: Shelf, tmp_path: Path
) -> None:
    with pytest.raises(NeedsConsent):
        bought.make(BRIEF, **VEO)
    with pytest.raises(OverBudget):
        bought.make(BRIEF, budget="0.10", **VEO)
    assert not shelf.sent and not (tmp_path / "home").exists()


def test_a_missing_key_is_told_before_anything_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OPENROUTER_API_KEY", raising=False)
    with Studio(Settings(home=tmp_path / "home", hands=1)) as studio:
        assert studio.quote(BRIEF, **VEO).micros > 0
        with pytest.raises(BadInput, match="OPENROUTER_API_KEY"):
            studio.make(BRIEF, yes=True, **VEO)
    assert not (tmp_path / "home").exists()


def test_a_film_of_takes_is_exact_costs_what_was_quoted_and_is_bought_once(bought: Studio, shelf: Shelf) -> None:
    quoted = bought.quote(BRIEF, **VEO)
    made = finish(bought, bought.make(BRIEF, yes=True, **VEO))
    found = probe(made.path)
    assert (found.frames, found.upright) == (180, (180, 320)) and found.audio is not None
    assert shelf.spent == quoted.micros == bought.show("last").micros
    sent = len(shelf.sent)
    assert bought.resume("last").new_steps == 0
    bought.edit("last", shot=1, words="Still dark?")
    assert len(shelf.sent) == sent, "words are ours: the take is kept"


def test_stills_open_the_takes_and_are_shown_as_jpeg(bought: Studio, shelf: Shelf) -> None:
    asked = {**VEO, "stills": "flux-dev"}
    quoted = bought.quote(BRIEF, **asked)
    assert set(quoted.prices_by_step) == {"still", "take"}
    made = bought.make(BRIEF, goal="takes", yes=True, **asked)
    assert made.state == "done"
    stills, takes = shelf.asked("image"), shelf.asked("video")
    assert len(stills) == len(takes) and all(take.mode == "image_to_video" for take in takes)
    heads = [heads for request, heads in shelf.sent if request.mode == "image_to_video"]
    assert heads == [(("first_frame", b"\xff\xd8\xff"),)] * len(takes)


def test_the_storyboard_is_bought_alone_and_not_again(bought: Studio, shelf: Shelf) -> None:
    asked = {**VEO, "stills": "flux-dev"}
    bought.make(BRIEF, goal="storyboard", yes=True, **asked)
    assert not shelf.asked("video")
    stills = len(shelf.asked("image"))
    finish(bought, bought.resume("last", goal="film", yes=True))
    assert len(shelf.asked("image")) == stills and len(shelf.asked("video")) == stills


def test_takes_of_any_size_rate_and_sound_become_one_film(tmp_path: Path) -> None:
    shelf = Shelf(side=134, rate="24000/1001")
    with Studio(Settings(home=tmp_path / "home", hands=1), providers={"offline": Offline(), "shelf": shelf}) as studio:
        made = finish(studio, studio.make(BRIEF, yes=True, **{**SMALL, "models": ["gemini-omni-1.2-flash"]}))
    assert probe(made.path).frames == 180
    assert all(compute_price(request).micros for request in shelf.asked("video"))


def test_a_voice_is_made_before_the_takes_that_wait_for_it(bought: Studio, shelf: Shelf) -> None:
    asked = {**SMALL, "models": ["openrouter-kling-v3-std"], "voice": "eleven_v3:ana"}
    ceiling = bought.quote(BRIEF, **asked).micros
    made = finish(bought, bought.make(BRIEF, yes=True, **asked))
    kinds = [request.mode for request, _ in shelf.sent]
    assert kinds.count("speech") and made.path.exists()
    assert shelf.spent <= ceiling
    assert len({r.prompt for r in shelf.asked("video")}) == len(shelf.asked("video")), "none is bought twice"


def test_an_answer_that_nobody_can_open_is_no_take_and_a_person_decides(tmp_path: Path) -> None:
    """What a provider delivered in its answer cannot be fetched again; no path or number of ours is shown."""

    class Torn(Shelf):
        def _made(self, request: Any, turn: int, shown: Any) -> Any:
            data, mime, facts = super()._made(request, turn, shown)
            return (data[:600] if turn == 1 and mime == "video/mp4" else data), mime, facts

    shelf = Torn()
    with Studio(Settings(home=tmp_path / "home", hands=1), providers={"offline": Offline(), "shelf": shelf}) as studio:
        waits = studio.make(BRIEF, yes=True, **VEO)
        assert (waits.state, waits.wait_reason) == ("waiting", "decision")
        said = studio.show("last").job.message or ""
        assert said.startswith("take of shot ") and "/tmp" not in said and "Errno" not in said, said
        assert not re.search(r"[0-9a-f]{64}", said), said
        torn = studio.show_spending().unknown_rows
        bought = len(shelf.sent)
        assert torn and not any(row.has_landed for row in torn)
        for row in torn:
            studio.decide(row.purchase, "written-off", by="zoe")
        made = finish(studio, studio.resume("last", yes=True))
        assert made.state == "done" and len(shelf.sent) == bought + len(torn)


def test_other_words_are_spoken_anew_and_no_spoken_word_is_ever_cut(bought: Studio, shelf: Shelf) -> None:
    asked = {**SMALL, "models": ["openrouter-kling-v3-std"], "voice": "eleven_v3:ana"}
    made = finish(bought, bought.make(BRIEF, yes=True, **asked))
    shot = next(one for one in made.shots if "line" in one.words)
    takes, lines = len(shelf.asked("video")), len(shelf.asked("speech"))
    quoted = bought.quote_edit("last", shot=shot.n, words="It never goes dark")
    assert [key.partition("/")[0] for key in quoted.wanted_steps].count("voice") == 1 and quoted.prices_by_step[
        "voice"
    ] > 0
    after = finish(bought, bought.edit("last", shot=shot.n, words="It never goes dark", yes=True))
    assert after.state == "done", after.message
    assert [request.prompt for request in shelf.asked("speech")[lines:]] == ["It never goes dark"]
    assert len(shelf.asked("video")) == takes, "what is said takes no longer: the take is kept"
    with pytest.raises(BadInput, match="words that are spoken") as refused:
        bought.quote_edit("last", shot=shot.n, length=0.5)
    assert refused.value.field == "length"


def test_what_another_film_of_the_account_bought_is_not_bought_again_unless_that_is_asked(
    bought: Studio, shelf: Shelf
) -> None:
    """Source: systems.md S3-09 and G27: a bed is used again by the next film of its mood and length."""
    asked: dict[str, Any] = {**SMALL, "models": ["animatic"], "music": "eleven-music"}
    sure: dict[str, Any] = {"yes": True, "accept_unconfirmed": True}
    first = finish(bought, bought.make(BRIEF, **sure, **asked))
    other = finish(bought, bought.make(BRIEF, **sure, **asked, on_stuck="animatic"))
    assert first.project != other.project and other.state == "done" and other.micros == 0
    assert len(shelf.asked("music")) == 1
    finish(bought, bought.make(BRIEF, again=True, **sure, **asked))
    assert len(shelf.asked("music")) == 2
