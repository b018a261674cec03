"""Other encoding settings make our own work again, once; what was bought stays, and no film mixes two of them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from reelwright import Studio
from reelwright.errors import BadInput
from reelwright.media.base import ffmpeg
from reelwright.media.base.probe import probe
from reelwright.media.video.encoding import compute_house_digest
from reelwright.providers.offline import Offline
from reelwright.reel.film.encoding_options import EncodingOptions
from reelwright.settings import Settings
from reelwright.store.database.database import Database
from store.observing import rows
from studio.filmed import Filmed
from studio.shelf import Shelf

REAL_HANDS = True

BRIEF = "“It never flickers.” A 6 second film for “Fenn”, a lamp. Order at fenn.example"
SMALL: dict[str, Any] = {"short_side": 180, "aspect": "9:16", "length": 6}
ASKED: dict[str, Any] = {**SMALL, "models": ["openrouter-veo-3.1-fast"]}
SIZE, FPS = (180, 320), (30, 1)


@pytest.fixture(scope="module")
def filmed(tmp_path_factory: pytest.TempPathFactory) -> Filmed:
    return Filmed.once(tmp_path_factory.mktemp("filmed") / "home", BRIEF, yes=True, **ASKED)


@pytest.fixture
def shelf(filmed: Filmed, tmp_path: Path) -> Iterator[Shelf]:
    shelf = Shelf(smooth=True)
    with opened(tmp_path, shelf) as studio:
        filmed.into(tmp_path / "home", studio, shelf)
    shelf.sent.clear()
    yield shelf


def opened(place: Path, shelf: Shelf, **more: Any) -> Studio:
    settings = Settings(home=place / "home", hands=2, **more)
    return Studio(settings, providers={"offline": Offline(), "shelf": shelf})


def finish(studio: Studio, shelf: Shelf) -> Any:
    made = studio.make(BRIEF, yes=True, **ASKED)
    return studio.accept(made.project) if made.state == "waiting" else made


def segments(place: Path) -> dict[str, list[str]]:
    """The house digests of the segments in the journal, by their step, in the order in which they were made."""
    database = Database(Settings(home=place / "home").database_url)
    found: dict[str, list[str]] = {}
    query = "SELECT step, assets FROM outcomes WHERE step LIKE 'segment/%' ORDER BY landed_at, rowid"
    try:
        for step, assets in rows(database, query):
            asset = json.loads(assets)[0]
            path = place / "home" / "vault" / "local" / asset[:2] / asset
            found.setdefault(step, []).append(probe(path).house or "")
    finally:
        database.close()
    return found


def house(**options: Any) -> str:
    return compute_house_digest(SIZE, FPS, EncodingOptions(**options))


def test_the_same_settings_make_nothing_again(shelf: Shelf, tmp_path: Path) -> None:
    with opened(tmp_path, shelf, crf=20) as studio:
        assert not studio.quote(BRIEF, **ASKED).wanted_steps
        assert studio.make(BRIEF, yes=True, **ASKED).new_steps == 0
    assert not shelf.sent


@pytest.mark.parametrize("other", [{"crf": 30}, {"preset": "ultrafast"}])
def test_other_settings_make_every_segment_again_and_buy_no_take(
    shelf: Shelf, tmp_path: Path, other: dict[str, Any]
) -> None:
    with opened(tmp_path, shelf, **other) as studio:
        quoted = studio.quote(BRIEF, **ASKED)
        assert quoted.micros == 0 and {key.partition("/")[0] for key in quoted.wanted_steps} == {
            "take",
            "segment",
            "film",
        }
        assert finish(studio, shelf).state == "done" and not shelf.sent
        assert not studio.quote(BRIEF, **ASKED).wanted_steps, "once"
    made = segments(tmp_path)
    assert len(made) >= 2
    assert {tuple(digests) for digests in made.values()} == {(house(), house(**other))}


def test_a_film_begun_under_one_preset_and_finished_under_another_does_not_mix(shelf: Shelf, tmp_path: Path) -> None:
    with opened(tmp_path, shelf, crf=30) as studio:
        finish(studio, shelf)
    with opened(tmp_path, shelf, crf=20) as studio:
        assert not studio.quote(BRIEF, **ASKED).wanted_steps, "what was made first is still there"
        edited = studio.edit("last", shot=1, prompt="another lamp", yes=True)
        edited = studio.accept(edited.project) if edited.state == "waiting" else edited
        assert edited.state == "done"
    film = probe(edited.path)
    assert film.frames == 180


def test_a_drawn_film_is_drawn_again_in_the_new_quality(tmp_path: Path) -> None:
    """A take that is copied into the film as it is would keep the old one."""
    with opened(tmp_path, Shelf(), crf=40) as studio:
        first = studio.make(BRIEF, **SMALL)
        assert studio.make(BRIEF, **SMALL).new_steps == 0
    small = first.path.stat().st_size
    with opened(tmp_path, Shelf(), crf=10) as studio:
        assert {key.partition("/")[0] for key in studio.quote(BRIEF, **SMALL).wanted_steps} == {
            "take", "segment", "film",
        }  # fmt: skip
        assert studio.make(BRIEF, **SMALL).path.stat().st_size > small
    made = segments(tmp_path)
    assert {tuple(digests) for digests in made.values()} == {(house(crf=40), house(crf=10))}


def test_another_build_of_the_encoder_buys_nothing_and_makes_our_own_work_again(shelf: Shelf, tmp_path: Path) -> None:
    program = tmp_path / "ffmpeg"
    program.write_text(  # the same encoder, which says that it was built in another way
        f'#!/bin/bash\nexec "{ffmpeg.find_program()}" "$@" 2> >(sed "s/^ffmpeg version /ffmpeg version other-/" >&2)\n'
    )
    program.chmod(0o700)
    with opened(tmp_path, shelf, ffmpeg=str(program)) as studio:
        quoted = studio.quote(BRIEF, **ASKED)
        kinds = {key.partition("/")[0] for key in quoted.wanted_steps}
        assert quoted.micros == 0 and kinds == {"take", "segment", "mix", "film"}
        assert finish(studio, shelf).state == "done" and not shelf.sent


def test_a_preset_that_x264_does_not_have_is_refused_before_anything_is_made(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="ludicrous"), opened(tmp_path, Shelf(), preset="ludicrous") as studio:
        studio.make(BRIEF, **SMALL)


def test_what_was_made_can_be_shown_without_an_ffmpeg(filmed: Filmed, shelf: Shelf, tmp_path: Path) -> None:
    settings = replace(Settings(home=tmp_path / "home"), ffmpeg=str(tmp_path / "none"))
    with Studio(settings, providers={"offline": Offline(), "shelf": shelf}) as studio:
        assert studio.show(filmed.made.project).shots
