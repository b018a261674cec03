"""Plans for tests: one that uses everything a plan can say, and any small one (Hypothesis)."""

from __future__ import annotations

from hypothesis import strategies as st

from reelwright.reel.base.value import Digest, Fingerprint, ShotId
from reelwright.reel.film.brief import Brief, Material, Reference, Still
from reelwright.reel.film.plan import Beat, Bed, Line, Opening, Overlay, OwnFootage, Plan, Shot, Transition
from reelwright.reel.graph.choices import Choices, Circle, RetakeRequest
from reelwright.reel.graph.request import Input, Request
from reelwright.units import Frames, Micros

PICTURE = Digest("ab" * 32)
CLIP = Digest("cd" * 32)


def animatic(prompt: str, ms: int, **extra: object) -> Request:
    return Request(model="animatic/2026.1", mode="take", prompt=prompt, ms=ms, aspect="9:16", extra=dict(extra))


def rich_plan() -> Plan:
    """Four shots: drawn, continued, a picture of one's own, a clip of one's own; lines, a voice, a bed, transitions."""
    hook = Shot(
        id=ShotId("shot_1"),
        prompt="a kettle",
        length=Frames(48),
        source=animatic("a kettle", 2500, look="slam", staging="hook", words={"line": "Still waiting?"}, frames=60),
        still=Request(model="animatic/2026.1", mode="still", prompt="a kettle"),
        words={"line": "Still waiting?"},
        text_mode="drawn",
        transition=Transition(kind="dissolve", length=Frames(12)),
    )
    inputs = (Input(role="first_frame", of="take/shot_1", part="last_frame"),)  # type: ignore[arg-type]
    problem = Shot(
        id=ShotId("shot_2"),
        prompt="steam",
        length=Frames(72),
        source=Request(model="veo/3", mode="video", prompt="steam", ms=4000, sound=True, inputs=inputs),
        opening=Opening(source="previous"),
        sound="duck",
        overlays=(Overlay(kind="source", text="Source: ours", start=Frames(6), length=Frames(24)),),
    )
    picture = Shot(
        id=ShotId("shot_3"),
        prompt="the kettle",
        length=Frames(48),
        source=Request(
            model="animatic/2026.1", mode="picture", prompt="the kettle", ms=2000, extra={"move": "push"},
            inputs=(Input(role="reference", asset=PICTURE),),
        ),
        transition=Transition(kind="wipe", length=Frames(8)),
    )  # fmt: skip
    clip = Shot(
        id=ShotId("shot_4"), prompt="pouring", length=Frames(60), source=OwnFootage(asset=CLIP, start=Frames(10)),
        sound="keep", corrections={"line_2": "Ready in 90 s."},
    )  # fmt: skip
    voice = Request(model="voice/1", mode="speech", prompt="It takes for ever.", extra={"voice": "amy"})
    lines = (
        Line(
            id="line_1",
            text="It takes for ever.",
            start=Frames(0),
            room=Frames(60),
            request=voice,
            spoken_length=Frames(50),
        ),
        Line(id="line_2", text="Ready in ninety seconds, every morning.", start=Frames(120), room=Frames(70)),
    )
    beats = (
        Beat(id="beat_1", name="hook", start=Frames(0), length=Frames(48), shots=(hook,)),
        Beat(
            id="beat_2", name="demo", start=Frames(48), length=Frames(180), shots=(problem, picture, clip), lines=lines
        ),
    )
    bed = Request(model="composer/2026.1", mode="music", prompt="bright", ms=9500, extra={"bpm_milli": 120_000})
    return Plan(
        schema=1, brief=Digest("ef" * 32), title="Kettle", fps=(24, 1), size=(180, 320), look="slam", tone="calm",
        language="en", beats=beats, bed=Bed(mood="bright", bpm_milli=120_000, request=bed),
    )  # fmt: skip


def rich_brief() -> Brief:
    """A brief that says everything."""
    still = Still(beat="hook", asset=PICTURE, name="door.png", width=180, height=320)
    material = Material(asset=CLIP, name="clip.mp4", treatment="clip", width=180, height=320, ms=2000, has_sound=True)
    return Brief(
        text="A lamp", goal="takes", flavor="ad", language="en", aspect="9:16", length_ms=9500, short_side=180,
        max_price=Micros(5_000_000), models=("veo/3",), takes=2, on_stuck="animatic", variation=1, stills="image/1",
        voice="voice/1:amy", music="music/1", continuity="loose", resolution="720p", sound=True,
        references=(Reference(name="Ana", role="person", asset=PICTURE),), materials=(material,), storyboard=(still,),
        own_flavor={"flavor": {"look": "slam"}}, planner="openrouter:some/model", archetype="testimonial",
        replaced_models={"veo/2": "veo/3"},
    )  # fmt: skip


def rich_choices() -> Choices:
    """Choices of every kind."""
    return Choices(
        retakes=(RetakeRequest(fingerprint=Fingerprint("take:1"), round=2, samples=2),),
        circles={ShotId("shot_1"): Circle(asset=PICTURE, request=CLIP)},
        accepted_findings=frozenset({"frozen/shot_1"}), replaced_models={"veo/2": "veo/3"},
    )  # fmt: skip


@st.composite
def plans(draw: st.DrawFn) -> Plan:
    """Up to six shots of own and drawn material with transitions no longer than half of either neighbour."""
    count = draw(st.integers(1, 6))
    lengths = draw(st.lists(st.integers(12, 96), min_size=count, max_size=count))
    shots = []
    for n, length in enumerate(lengths):
        most = min(length, lengths[n + 1]) // 2 if n + 1 < count else 0
        over = draw(st.integers(0, most)) if most else 0
        own = draw(st.booleans())
        source = (
            OwnFootage(asset=CLIP, start=Frames(draw(st.integers(0, 50))))
            if own
            else animatic(f"shot {n}", length * 40)
        )
        shots.append(
            Shot(
                id=ShotId(f"shot_{n}"),
                prompt=f"shot {n}",
                length=Frames(length),
                source=source,
                text_mode=draw(st.sampled_from(["drawn", "caption", "nothing"])),
                sound=draw(st.sampled_from(["keep", "duck", "mute"])),
                transition=Transition(kind="dissolve" if over else "cut", length=Frames(over)),
            )
        )
    total = sum(lengths)
    text = draw(st.text(alphabet="abc def, ghi. ", max_size=200))
    line = Line(id="line_0", text=text, start=Frames(0), room=Frames(total))
    beat = Beat(id="beat_0", name="all", start=Frames(0), length=Frames(total), shots=tuple(shots), lines=(line,))
    return Plan(
        schema=1, brief=Digest("ef" * 32), title="t", fps=draw(st.sampled_from([(24, 1), (30, 1), (24000, 1001)])),
        size=(180, 320), look="slam", tone="calm", language="en", beats=(beat,),
    )  # fmt: skip
