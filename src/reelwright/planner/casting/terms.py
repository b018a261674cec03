"""What a brief asks of AI models, looked up in the catalogue: who makes takes, stills, voice and music."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from fractions import Fraction
from typing import Final, Literal

from reelwright.catalogue.model import Kind, Model
from reelwright.catalogue.models import is_retired, model, models
from reelwright.errors import BadInput
from reelwright.planner.flavors import Flavor
from reelwright.reel.brief import Brief, Reference, Still
from reelwright.reel.noun import noun

Continuity = Literal["beat", "loose"]
ANIMATIC: Final = "animatic"
"""Named instead of a model: drawn on this machine, whatever the flavor says."""
NAMED: Final = {"video": "models", "image": "stills", "speech": "voice", "music": "music"}


NO_MUSIC: Final = "none"
"""Said in place of a music model: there is no bed, and takes are heard as they were made."""


@noun
class Terms:
    """``spares``: further video models that may be taken where a budget asks for it. ``voice``: model and voice.

    ``storyboard``: stills of the person's own, by beat; ``stills`` draws those of the other beats.
    """

    video: Model | None
    spares: tuple[Model, ...] = ()
    stills: Model | None = None
    voice: tuple[Model, str] | None = None
    music: Model | None = None
    continuity: Continuity = "beat"
    resolution: str | None = None
    sound: bool | None = None
    samples: int = 1
    references: tuple[Reference, ...] = ()
    image_params: Mapping[str, int | str | bool] = field(default_factory=dict)
    storyboard: tuple[Still, ...] = ()


@noun
class Named:
    """Models by name, as a brief and its flavor ask for them. ``voice``: ``MODEL:voice``."""

    videos: tuple[str, ...] = ()
    stills: str | None = None
    voice: str | None = None
    music: str | None = None

    @property
    def names(self) -> tuple[str, ...]:
        """All of them, the wanted video model first."""
        return tuple(name for name in (*self.videos, self.stills, self.voice, self.music) if name)


def asked_of(brief: Brief, chosen: Flavor) -> Named:
    """What the brief says comes first; where neither asks for more than stills of the flavor's, nothing is asked for.

    A retired model for which the brief took another (``instead``) goes by the name of that one.
    """
    videos = () if brief.models == (ANIMATIC,) else brief.models or chosen.models
    voice, music = brief.voice or chosen.voice_model, brief.music or chosen.music
    music = None if music == NO_MUSIC else music
    if not (videos or brief.stills or voice or music):
        return Named()

    def now(name: str | None) -> str | None:
        bare, colon, rest = (name or "").partition(":")
        return f"{brief.instead.get(bare, bare)}{colon}{rest}" or None

    return Named(
        videos=tuple(now(name) or name for name in videos),
        stills=now(brief.stills or chosen.stills),
        voice=now(voice),
        music=now(music),
    )


def terms_of(brief: Brief, chosen: Flavor) -> Terms | None:
    """None where neither brief nor flavor asks for an AI model. What the brief says comes first. Raises ``BadInput``
    on a model that is unknown, retired or of another kind, and on what it does not sell. Reads the catalogue and
    today's date; never spends.
    """
    asked = asked_of(brief, chosen)
    if not asked.names:
        return None
    resolution = brief.resolution or chosen.resolution
    videos = tuple(_of_kind(name, "video") for name in asked.videos)
    video = videos[0] if videos else None
    if resolution and video and resolution not in video.resolutions:
        raise BadInput("resolution", resolution, ", ".join(video.resolutions) or f"nothing: {video.id} has one")
    if video and brief.takes > video.samples:
        raise BadInput("takes", brief.takes, f"at most {video.samples} for {video.id}; `retake` buys another")
    return Terms(
        video=video,
        spares=videos[1:],
        stills=_of_kind(asked.stills, "image") if asked.stills else None,
        voice=voice_of(asked.voice) if asked.voice else None,
        music=_of_kind(asked.music, "music") if asked.music else None,
        continuity="loose" if "loose" in (brief.continuity, chosen.continuity) else "beat",
        resolution=resolution,
        sound=_sound(chosen.sound if brief.sound is None else brief.sound, video),
        samples=brief.takes,
        references=brief.references,
        image_params=chosen.image_params,
        storyboard=brief.storyboard,
    )


def _of_kind(name: str, kind: Kind) -> Model:
    """The model of that name. Raises ``BadInput`` naming what it was asked for, with those that there are."""
    try:
        found = model(name)
    except BadInput as error:
        if kind == "video" or "successor" in error.accepted:
            raise
        sold = [row.id for row in models().values() if row.kind == kind and not is_retired(row)]
        raise BadInput(NAMED[kind], name, f"a model that makes {kind}, such as {', '.join(sold[:5])}") from error
    if found.kind != kind:
        raise BadInput(NAMED[kind], name, f"a model that makes {kind}; {found.name} makes {found.kind}")
    return found


def voice_of(said: str) -> tuple[Model, str]:
    """``MODEL:voice`` as the model and the voice's own name there."""
    name, found, voice = said.partition(":")
    if not found or not voice.strip():
        raise BadInput("voice", said, "MODEL:voice, such as eleven_v3:ID of the voice")
    return _of_kind(name.strip(), "speech"), voice.strip()


def _sound(asked: bool | None, video: Model | None) -> bool | None:
    """What the request says of sound: only a model that can be told is told."""
    if asked and video and video.sound == "never":
        raise BadInput("sound", True, f"nothing: {video.id} makes no sound; leave it out")
    return asked


def aspect_of(size: tuple[int, int], row: Model) -> str | None:
    """The aspect to ask for: the film's own where it is sold, else the one that must be cropped least.

    None where the model takes that of its first frame.
    """
    if not row.aspects:
        return None
    ratio = Fraction(*size)
    return min(row.aspects, key=lambda name: _lost(ratio, Fraction(*map(int, name.split(":")))))


def _lost(wanted: Fraction, sold: Fraction) -> Fraction:
    """The part of a picture of one aspect that is cut off to make the other."""
    return 1 - min(wanted / sold, sold / wanted)


def brings_sound(row: Model, asked: bool | None) -> bool:
    """Whether takes of this model come with a sound of their own."""
    return row.sound == "always" or (row.sound == "asked" and asked is True)
