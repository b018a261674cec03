"""film.yaml goes both ways without losing a frame, and refuses what it does not understand."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reelwright.errors import BadInput
from reelwright.reel.base.value import Digest, Fingerprint, ShotId
from reelwright.reel.film.brief import Brief, Material
from reelwright.reel.graph.choices import Choices, Circle, RetakeRequest
from reelwright.studio.scripts import film_yaml
from studio.plans import chained, overlaid, plan, shot

PICTURE = Digest("a" * 64)
BRIEF = Brief(
    text="no",
    aspect="9:16",
    length_ms=2500,
    short_side=180,
    materials=(Material(asset=PICTURE, name="fenn.png", treatment="photo", width=400, height=600),),
)


@pytest.mark.parametrize("made", [plan(), overlaid(), chained()], ids=["plain", "overlaid", "chained"])
def test_what_was_written_is_read_back_the_same(made):
    choices = Choices(
        retakes=(RetakeRequest(fingerprint=Fingerprint("take:" + "c" * 64), round=2),),
        circles={ShotId("shot_1"): Circle(asset=Digest("d" * 64), request=Digest("e" * 64))},
        accepted_findings=frozenset({"frozen/shot_1"}),
    )
    text = film_yaml.write("project_1", 3, BRIEF, made, choices, {PICTURE: "materials/fenn.png"})
    read = film_yaml.read(text)
    assert (read.brief, read.plan, read.choices, read.revision) == (BRIEF, made, choices, 3)
    assert PICTURE not in text.replace(f"sha256: {PICTURE}", ""), "a material is named, not spelled as its digest"


@given(
    frames=st.lists(st.integers(1, 3000), min_size=1, max_size=4),
    fps=st.sampled_from([(24, 1), (25, 1), (30, 1), (30000, 1001), (60, 1), (120, 1)]),
)
@settings(deadline=None, max_examples=40)
def test_seconds_name_the_frame_at_every_rate(frames, fps):
    made = plan(*(shot(n, length) for n, length in enumerate(frames, 1)), fps=fps)
    text = film_yaml.write("p", 1, BRIEF, made, Choices(), {})
    assert film_yaml.read(text).plan == made


@given(text=st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=80))
@settings(deadline=None, max_examples=60)
def test_any_words_survive_the_file(text):
    made = plan(shot(1, words={"line": text}), title=text)
    assert film_yaml.read(film_yaml.write("p", 1, BRIEF, made, Choices(), {})).plan == made


@given(
    words=st.lists(
        st.tuples(
            st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=8),
            st.integers(0, 10**8),
            st.integers(0, 10**8),
        ),
        max_size=6,
    )
)
@settings(deadline=None, max_examples=40)
def test_words_in_time_survive_the_file(words):
    made = overlaid()
    beat = next(beat for beat in made.beats if beat.lines)
    timed = replace(beat, lines=(replace(beat.lines[0], word_times=tuple(words)), *beat.lines[1:]))
    made = replace(made, beats=tuple(timed if one is beat else one for one in made.beats))
    assert film_yaml.read(film_yaml.write("p", 1, BRIEF, made, Choices(), {})).plan == made


def _changed(old: str, new: str) -> str:
    text = film_yaml.write("p", 1, BRIEF, plan(), Choices(), {PICTURE: "materials/fenn.png"})
    assert old in text
    return text.replace(old, new, 1)


@pytest.mark.parametrize(
    ("old", "new", "named"),
    [
        ("film: 2\n", "film: 3\n", "film.yaml.film"),
        ("film: 2\n", "film: 2\nfilms: 1\n", "films"),
        ("film: 2\n", "film: 2\nfilm: 2\n", "film"),
        ("    length: 1\n", "    length: long\n", "plan.beats.0.shots.0.length"),
        ("    length: 1\n", "    length: -1\n", "plan.beats.0.shots.0.length"),
        ("    length: 1\n", "    length: .nan\n", "plan.beats.0.shots.0.length"),
        ("    length: 1\n", "    lenght: 1\n", "plan.beats.0.shots.0.length"),
        ("  title:", "  titel:", "film.yaml.plan"),
        ("materials/fenn.png", "../../etc/passwd", "materials.0.file"),
        ("  name: hook\n", "  name: hook\n    start: 3\n", "plan.beats.0.start"),
        ("revision: 1\n", "revision: one\n", "film.yaml.revision"),
        ("film: 2\n", "film: &a 2\nrevision: *a\n", "film.yaml"),
        ("film: 2\n", "film: [\n", "film.yaml"),
    ],
)
def test_what_is_wrong_is_named(old, new, named):
    with pytest.raises(BadInput) as raised:
        film_yaml.read(_changed(old, new))
    assert named in raised.value.field + str(raised.value)


def test_an_endless_document_is_refused():
    with pytest.raises(BadInput, match="bytes"):
        film_yaml.read("a" * (film_yaml.MAX_FILM_FILE_BYTES + 1))
