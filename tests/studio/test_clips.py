"""A clip: words, frames or references to files; what cannot be is refused before it is sent, what is lost is told."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from client.proxy import Proxy
from reelwright import Studio
from reelwright.errors import BadInput, NeedsConsent, Refused
from reelwright.media.base.probe import probe
from reelwright.providers.fakes.script import filter_samples as by_filter
from reelwright.providers.offline import Offline
from reelwright.settings import Settings
from reelwright.studio.quotes.tempo import Tempo
from studio.shelf import Shelf, filtered
from studio.worlds import AT_ONCE, world

VEO, FAST = "vertex-veo-3.1", "vertex-veo-3.1-fast"
UNSURE: dict[str, Any] = {"yes": True, "accept_unconfirmed": True}
Draw = Callable[..., Path]


@pytest.fixture
def shelf() -> Shelf:
    return Shelf()


@pytest.fixture
def studio(shelf: Shelf, tmp_path: Path) -> Iterator[Studio]:
    settings = Settings(home=tmp_path / "home", hands=1)
    with Studio(settings, providers={"offline": Offline(), "shelf": shelf}) as opened:
        yield opened


@pytest.fixture
def draw(tmp_path: Path) -> Draw:
    def picture(name: str = "a.png", size: tuple[int, int] = (800, 800), colour: str = "teal") -> Path:
        path = tmp_path / name
        Image.new("RGB", size, colour).save(path)
        return path

    return picture


def test_a_prompt_alone_yields_a_clip(studio: Studio, shelf: Shelf, tmp_path: Path) -> None:
    made = studio.clip("A fox crosses a frozen lake", model=FAST, out=tmp_path / "out", **UNSURE)
    assert made.state == "done" and len(made.files) == 1 and probe(made.files[0].path).codec == "h264"
    request = shelf.sent[0][0]
    assert (request.mode, request.prompt, request.ms) == ("text_to_video", "A fox crosses a frozen lake", 4000)
    assert made.micros == shelf.spent > 0 and made.files[0].path.parent == tmp_path / "out"


def test_its_price_comes_first_and_nothing_is_written(studio: Studio, shelf: Shelf, tmp_path: Path) -> None:
    quoted = studio.quote_clip("A fox", model=VEO, seconds=8, samples=4)
    assert quoted.micros == 4 * 3_200_000, "8 s of Veo 3.1 at $0.40, four times"
    with pytest.raises(NeedsConsent):
        studio.clip("A fox", model=VEO)
    assert not shelf.sent and not (tmp_path / "home").exists()


@pytest.mark.parametrize(
    ("model", "terms"), [(FAST, {"apart": True}), ("hailuo-2.3", {})], ids=["each by itself", "sold one at a time"]
)
def test_samples_that_do_not_come_together_are_purchases_of_their_own(
    model: str, terms: Any, studio: Studio, shelf: Shelf, tmp_path: Path
) -> None:
    asked = {"model": model, "samples": 3, "seed": 7 if model == FAST else None, **terms}
    assert any("3 samples are 3 purchases" in line for line in studio.quote_clip("A fox", **asked).notes)
    made = studio.clip("A fox", out=tmp_path / "out", wants_archive=True, **asked, **UNSURE)
    assert len(made.files) == len(shelf.sent) == 3 and not made.missing
    assert all(request.samples == 1 for request, _ in shelf.sent)
    assert model != FAST or sorted(request.seed or 0 for request, _ in shelf.sent) == [7, 8, 9]
    assert len({file.path.read_bytes() for file in made.files}) == 3
    assert made.archive and len(zipfile.ZipFile(made.archive).namelist()) == 3


def test_samples_that_a_model_sells_together_are_one_purchase(studio: Studio, shelf: Shelf, tmp_path: Path) -> None:
    quoted = studio.quote_clip("A fox", model=FAST, samples=4)
    assert any("One purchase" in line for line in quoted.notes)
    made = studio.clip("A fox", model=FAST, samples=4, out=tmp_path / "out", wants_archive=True, **UNSURE)
    assert [request.samples for request, _ in shelf.sent] == [4] and made.micros == quoted.micros == shelf.spent
    assert len({file.path.read_bytes() for file in made.files}) == 4 and not made.missing
    assert [take.sample for take in studio.show("last").takes] == [0, 1, 2, 3]


@pytest.mark.parametrize("taken", [1, 3])
def test_what_a_filter_takes_of_a_purchase_is_told_and_neither_paid_nor_asked_for_again(
    taken: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with world(tmp_path / "home", {"gemini_longrunning": AT_ONCE.add_rule("submit", by_filter(taken))}) as here:
        for name, value in {"GOOGLE_ACCESS_TOKEN": "a-token-of-a-test", "GOOGLE_CLOUD_PROJECT": "p1"}.items():
            monkeypatch.setenv(name, value)
        with Studio(here.settings, tempo=Tempo(speed=1000)) as studio:
            made = studio.clip("A fox", model=FAST, samples=4, seconds=8, out=tmp_path / "out", **UNSURE)
        assert made.state == "done" and len(made.files) == 4 - taken and here.submits("gemini_longrunning") == 1
        assert [lost.reason for lost in made.missing] == ["filtered"] * taken
        assert all("a well-known person's likeness" in lost.message for lost in made.missing)
        assert made.micros == here.billed == (4 - taken) * 800_000, "8 s of Veo 3.1 Fast at $0.10"


def test_samples_are_at_work_at_once_and_take_as_long_as_the_slowest(tmp_path: Path) -> None:
    """Source: systems.md S0-17 and S0-32."""
    proxy = Proxy(tmp_path / "proxy", seconds=2.0)
    settings = Settings(home=tmp_path / "home", hands=1)
    with Studio(settings, providers={proxy.name: proxy}, tempo=Tempo(speed=3600)) as studio:
        made = studio.clip("A fox", model="litellm-veo-3.1-lite", samples=4, apart=True, out=tmp_path / "out", **UNSURE)
    assert len(made.files) == 4 and proxy.most == 4, "one after the other"


def test_more_than_was_asked_for_is_kept_and_not_handed_over(tmp_path: Path) -> None:
    shelf = Shelf(more=1)
    with Studio(Settings(home=tmp_path / "home", hands=1), providers={"offline": Offline(), "shelf": shelf}) as studio:
        made = studio.clip("A fox", model=FAST, samples=2, out=tmp_path / "out", **UNSURE)
        assert len(made.files) == 2 and len(studio.show("last").takes) == 3


@pytest.mark.parametrize("nth", [1, 2])
@pytest.mark.parametrize(
    "answer", [filtered("a famous face"), Refused("the content filter refused it: a famous face", is_final=True)]
)
def test_what_a_filter_keeps_back_is_told_and_the_rest_delivered(answer: Any, nth: int, tmp_path: Path) -> None:
    shelf = Shelf(lambda request: answer if len(shelf.sent) == nth else None)
    with Studio(Settings(home=tmp_path / "home", hands=1), providers={"offline": Offline(), "shelf": shelf}) as studio:
        made = studio.clip("A fox", model=FAST, samples=4, apart=True, out=tmp_path / "out", **UNSURE)
    assert made.state == "done" and len(made.files) == 3 and len(shelf.sent) == 4, "not asked for again"
    assert len(made.missing) == 1 and "a famous face" in made.missing[0].message


@pytest.mark.parametrize(
    "answer", [filtered("a famous face"), Refused("the content filter refused it: a famous face", is_final=True)]
)
def test_where_all_is_kept_back_a_person_decides(answer: Any, tmp_path: Path) -> None:
    shelf = Shelf(lambda request: answer)
    with Studio(Settings(home=tmp_path / "home", hands=1), providers={"offline": Offline(), "shelf": shelf}) as studio:
        made = studio.clip("A fox", model=FAST, samples=2, apart=True, out=tmp_path / "out", **UNSURE)
    assert (made.state, made.wait_reason, made.files) == ("waiting", "decision", ()) and "a famous face" in made.message
    assert made.message.startswith("take of shot 1"), "no key of ours"
    assert len(shelf.sent) == 2


@pytest.mark.parametrize(
    "answer", [filtered("a famous face"), Refused("the content filter refused it: a famous face", is_final=True)]
)
def test_a_purchase_that_is_kept_back_whole_is_told_for_each_of_its_samples(answer: Any, tmp_path: Path) -> None:
    shelf = Shelf(lambda request: answer)
    with Studio(Settings(home=tmp_path / "home", hands=1), providers={"offline": Offline(), "shelf": shelf}) as studio:
        made = studio.clip("A fox", model=FAST, samples=4, out=tmp_path / "out", **UNSURE)
    assert (made.state, made.wait_reason, made.files, len(shelf.sent)) == ("waiting", "decision", (), 1)
    assert len(made.missing) == 4 and all("a famous face" in lost.message for lost in made.missing)


# frames and references


def test_a_picture_is_its_first_frame_and_gives_its_aspect(
    studio: Studio, shelf: Shelf, draw: Draw, tmp_path: Path
) -> None:
    for size, aspect in (((1600, 1200), "16:9"), ((1200, 1600), "9:16"), ((900, 900), "16:9")):
        studio.clip("It turns", model=FAST, image=draw(size=size), out=tmp_path / "out", **UNSURE)
        request, heads = shelf.sent[-1]
        assert (request.mode, request.aspect) == ("image_to_video", aspect)
        assert heads == (("first_frame", b"\xff\xd8\xff"),)


@pytest.mark.parametrize("ending", ["png", "jpg", "webp", "tiff", "bmp", "gif"])
def test_a_first_and_a_last_frame_reach_the_model_as_jpeg(
    studio: Studio, shelf: Shelf, draw: Draw, tmp_path: Path, ending: str
) -> None:
    first, last = draw(f"a.{ending}"), draw(f"b.{ending}", colour="orange")
    studio.clip("It opens", model=FAST, image=first, last_frame=last, out=tmp_path / "out", **UNSURE)
    request, heads = shelf.sent[-1]
    assert (request.mode, request.ms) == ("first_last_frame", 8000)
    assert heads == (("first_frame", b"\xff\xd8\xff"), ("last_frame", b"\xff\xd8\xff"))


@pytest.mark.sampled
@pytest.mark.parametrize("model", [VEO, FAST])
@pytest.mark.parametrize("seconds", [4, 6, 8])
def test_a_last_frame_needs_eight_seconds(
    studio: Studio, shelf: Shelf, draw: Draw, tmp_path: Path, model: str, seconds: int
) -> None:
    def make() -> Any:
        return studio.clip(
            "It opens",
            model=model,
            image=draw(),
            last_frame=draw("b.png"),
            seconds=seconds,
            out=tmp_path / "o",
            **UNSURE,
        )

    if seconds == 8:
        assert make().state == "done"
    else:
        with pytest.raises(BadInput, match="seconds"):
            make()
        assert not shelf.sent


@pytest.mark.sampled
@pytest.mark.parametrize("model", [VEO, FAST])
@pytest.mark.parametrize("seconds", [4, 6, 8])
@pytest.mark.parametrize("aspect", ["16:9", "9:16"])
def test_references_need_eight_seconds_sixteen_to_nine_and_standard(
    studio: Studio, draw: Draw, model: str, seconds: int, aspect: str
) -> None:
    asked: dict[str, Any] = {"references": {"person=Ana": draw(), "product": draw("mug.png")}, "seconds": seconds}
    if (model, seconds, aspect) == (VEO, 8, "16:9"):
        assert studio.quote_clip("She lifts it", model=model, aspect=aspect, **asked).micros == 3_200_000
    else:
        with pytest.raises(BadInput):
            studio.quote_clip("She lifts it", model=model, aspect=aspect, **asked)


def test_several_references_are_all_references_with_roles_and_names(
    studio: Studio, shelf: Shelf, draw: Draw, tmp_path: Path
) -> None:
    guides = {"person=Ana": draw("ana.png"), "product": draw("mug.png"), "place": draw("pier.png")}
    studio.clip("She lifts it", model=VEO, references=guides, out=tmp_path / "out", **UNSURE)
    request, heads = shelf.sent[0]
    assert request.mode == "reference_to_video" and [role for role, _ in heads] == ["reference"] * 3
    assert request.extra["references"] == [
        {"role": "person", "name": "Ana"}, {"role": "product", "name": "mug"}, {"role": "place", "name": "pier"},
    ]  # fmt: skip


def test_every_picture_that_is_cropped_is_told_also_to_an_aspect_that_was_asked_for(studio: Studio, draw: Draw) -> None:
    tall = {"image": draw("a.png", (900, 1600)), "last_frame": draw("b.png", (1000, 1000))}
    quoted = studio.quote_clip("It opens", model=VEO, aspect="16:9", **tall)
    assert [said for said in quoted.notes if "cropped" in said] == [
        "900x1600 is cropped about its middle to 16:9.", "1000x1000 is cropped about its middle to 16:9.",
    ]  # fmt: skip
    assert [said for said in studio.quote_clip("It opens", model=VEO, **tall).notes if "cropped" in said] == [
        "1000x1000 is cropped about its middle to 9:16."
    ]
    whole = studio.quote_clip("It opens", model=VEO, references={"product": draw("c.png", (1000, 1000))})
    assert not any("cropped" in said for said in whole.notes), "a reference is shown as it is"


def test_references_beside_a_frame_are_refused_for_that_and_not_for_their_length(studio: Studio, draw: Draw) -> None:
    with pytest.raises(BadInput, match="references and frames are not taken together"):
        studio.quote_clip("She lifts it", model=VEO, image=draw(), references={"product": draw("mug.png")})


def test_a_reference_of_style_is_refused_with_the_quote_where_a_model_takes_none(studio: Studio, draw: Draw) -> None:
    with pytest.raises(BadInput, match="no reference of style"):
        studio.quote_clip("She lifts it", model=VEO, references={"product": draw(), "style": draw("style.png")})


def test_a_clip_of_no_model_says_where_one_is_named(studio: Studio) -> None:
    with pytest.raises(BadInput, match="model: none is given; needed: a video model"):
        studio.quote_clip("She lifts it")


# bad input


@pytest.mark.parametrize(
    ("field", "terms"),
    [
        ("model", {"model": "nobody-1"}),
        ("model", {"model": "veo-3.0"}),
        ("model", {"model": "flux-dev"}),
        ("samples", {"samples": 0}),
        ("samples", {"samples": 5}),
        ("samples", {"samples": "x"}),
        ("apart", {"samples": 2, "apart": "no"}),
        ("seconds", {"seconds": 60}),
        ("aspect", {"aspect": "3:1"}),
        ("resolution", {"resolution": "9000p"}),
        ("negative_prompt", {"model": "hailuo-2.3", "negative": "text"}),
        ("seed", {"model": "hailuo-2.3", "seed": 3}),
        ("sound", {"model": "hailuo-2.3", "sound": True}),
        ("prompt", {"prompt": "   "}),
        ("last_frame", {"last_frame": "b.png"}),
        ("image", {"image": "not-there.png"}),
    ],
)
def test_what_cannot_be_is_refused_before_it_is_sent(
    studio: Studio, shelf: Shelf, draw: Draw, tmp_path: Path, field: str, terms: dict[str, Any]
) -> None:
    if terms.get("last_frame"):
        terms = {"last_frame": draw("b.png")}
    prompt = terms.pop("prompt", "A fox")
    with pytest.raises(BadInput) as refused:
        studio.clip(prompt, **{"model": FAST, **terms, **UNSURE})
    assert refused.value.field == field and not shelf.sent and not (tmp_path / "home").exists()


def test_a_retired_model_names_its_successor(studio: Studio) -> None:
    with pytest.raises(BadInput, match="gemini-omni"):
        studio.quote_clip("A fox", model="veo-3.1-generate-preview")


def test_a_retired_model_s_successor_is_asked_where_that_is_wanted_and_the_record_says_so(
    shelf: Shelf, tmp_path: Path
) -> None:
    """Source: systems.md G05."""
    asked: dict[str, Any] = {"model": "veo-3.1-generate-preview", "seconds": 4}
    providers: Any = {"offline": Offline(), "shelf": shelf}
    with Studio(Settings(home=tmp_path / "home", hands=1), providers=providers) as studio:
        quoted = studio.quote_clip("A fox", successor=True, **asked)
        assert any("retired: gemini-omni-1.1-flash is asked in its place" in said for said in quoted.notes)
        studio.clip("A fox", successor=True, out=tmp_path / "out", **asked, **UNSURE)
        assert [request.model for request, _ in shelf.sent] == ["gemini-omni-1.1-flash"]
        film = studio.pull("last", tmp_path / "pulled").film.read_text(encoding="utf-8")
        assert "veo-3.1-generate-preview: gemini-omni-1.1-flash" in film
        brief = "“It never flickers.” A 6 second film for “Fenn”, a lamp."
        drawn = studio.quote(brief, models=["veo-3.0"], planner="gpt-4", successor=True)
        assert sum("in its place" in said for said in drawn.notes) == 2
        with pytest.raises(BadInput, match="names no successor"):
            studio.quote_clip("A fox", model="sora-2", successor=True)
    for retired, good in (("successor", True), ("refuse", False)):
        with Studio(Settings(home=tmp_path / "other", hands=1, retired=retired), providers=providers) as studio:
            if good:
                assert studio.quote_clip("A fox", **asked).micros
            else:
                with pytest.raises(BadInput, match="gemini-omni"):
                    studio.quote_clip("A fox", **asked)


@pytest.mark.parametrize(("size", "good"), [((720, 720), True), ((719, 720), False), ((720, 719), False)])
def test_a_picture_has_720_pixels_a_side(studio: Studio, draw: Draw, size: tuple[int, int], good: bool) -> None:
    if good:
        assert studio.quote_clip("A fox", model=FAST, image=draw(size=size)).micros
    else:
        with pytest.raises(BadInput, match="at least 720x720"):
            studio.quote_clip("A fox", model=FAST, image=draw(size=size))


@pytest.mark.parametrize(("more", "good"), [(0, True), (1, False)])
def test_a_picture_has_ten_megabytes_and_not_a_byte_more(studio: Studio, draw: Draw, more: int, good: bool) -> None:
    path = draw("a.jpg")
    path.write_bytes(path.read_bytes().ljust(10 * 1024 * 1024 + more, b"\0"))
    if good:
        assert studio.quote_clip("A fox", model=FAST, image=path).micros
    else:
        with pytest.raises(BadInput, match="10485761 bytes"):
            studio.quote_clip("A fox", model=FAST, image=path)


@pytest.mark.parametrize("asked", [{"references": {"person=Ana": "a.png"}}, {"images": ["a.png"]}])
def test_a_film_by_a_model_takes_pictures_within_the_same_limits(studio: Studio, draw: Draw, asked: Any) -> None:
    small = draw("a.png", size=(900, 719))
    given = {"references": {"person=Ana": small}} if "references" in asked else {"images": [small]}
    brief = "“It never flickers.” A 10 second film for “Fenn”, a lamp."
    with pytest.raises(BadInput, match="at least 720x720") as refused:
        studio.quote(brief, models=[VEO], **given)
    assert refused.value.field in given and "a.png, 900x719" in str(refused.value)
    heavy = draw("a.jpg")
    heavy.write_bytes(heavy.read_bytes().ljust(10 * 1024 * 1024 + 1, b"\0"))
    given = {"references": {"person=Ana": heavy}} if "references" in asked else {"images": [heavy]}
    with pytest.raises(BadInput, match="10485761 bytes"):
        studio.quote(brief, models=[VEO], **given)
    if "images" in asked:
        assert studio.quote(brief, images=[small]).micros == 0, "drawn, a picture may be small"


def test_a_length_between_those_sold_becomes_the_next_and_says_so(studio: Studio, shelf: Shelf, tmp_path: Path) -> None:
    quoted = studio.quote_clip("A fox", model="openrouter-hailuo-2.3", seconds=5)
    assert any("5 s becomes 6 s" in said for said in quoted.notes)


def test_frames_and_size_that_a_model_does_not_make_are_told_before(studio: Studio) -> None:
    said = " ".join(studio.quote_clip("A fox", model="mochi", seconds=3).notes)
    assert "90 frames become 91: Mochi" in said and "(3.03 s)" in said
    assert not [one for one in studio.quote_clip("A fox", model=VEO).notes if "frames" in one]


def test_a_model_in_the_settings_is_taken_where_a_call_names_none(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path / "home", hands=1, model=FAST)
    with Studio(settings, providers={"offline": Offline(), "shelf": Shelf()}) as studio:
        assert studio.quote_clip("A fox", seconds=4).micros == 400_000
        assert studio.quote_clip("A fox", seconds=4, model=VEO).micros == 1_600_000
        brief = "“It never flickers.” A 6 second film for “Fenn”, a lamp."
        assert studio.quote(brief).micros > 0 and studio.quote(brief, models=["animatic"]).micros == 0
