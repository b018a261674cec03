"""Looks up in the catalogue the AI models that a brief asks for: for takes, stills, voice and music."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from fractions import Fraction
from typing import Final, Literal

from reelwright.catalogue.model_row import Kind, Model
from reelwright.catalogue.models import get_sold_model, is_model_name, is_retired, load_models
from reelwright.errors import BadInput
from reelwright.planner.flavors import Flavor
from reelwright.reel.base.value import define_value
from reelwright.reel.film.brief import Brief, Reference, Still

Continuity = Literal["beat", "loose"]
ANIMATIC: Final = "animatic"
"""Given instead of a model: shots are drawn on this machine, whatever the flavor says."""
OPTION_NAMES: Final = {"video": "models", "image": "stills", "speech": "voice", "music": "music"}


NO_MUSIC: Final = "none"
"""Given instead of a music model: there is no bed, and takes keep their own sound."""
UNLESS_OWN_SOUND: Final = "unless_own_sound"
"""Given by a flavor instead of a music model: as ``NO_MUSIC`` where the model of the takes can make their sound, which
is asked for; else a bed is composed."""


@define_value
class Terms:
    """The models and options of a film. ``spares``: more video models that a budget may choose. ``voice``: model and
    voice.

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


@define_value
class ModelNames:
    """Models by name, as a brief and its flavor ask for them. ``voice``: ``MODEL:voice``."""

    videos: tuple[str, ...] = ()
    stills: str | None = None
    voice: str | None = None
    music: str | None = None

    @property
    def names(self) -> tuple[str, ...]:
        """All names, the first choice of video model first."""
        return tuple(name for name in (*self.videos, self.stills, self.voice, self.music) if name)


def choose_model_names(brief: Brief, flavor: Flavor) -> ModelNames:
    """Choose the models by name: the brief comes first. If neither asks for more than the flavor's stills, none is
    chosen.

    A retired model that the brief replaced (``replaced_models``) is returned under the name of its replacement.
    """
    videos = () if brief.models == (ANIMATIC,) else brief.models or flavor.models
    voice, music = brief.voice or flavor.voice_model, brief.music or flavor.music
    music = None if music in (NO_MUSIC, UNLESS_OWN_SOUND) else music
    if not (videos or brief.stills or voice or music):
        return ModelNames()

    def now(name: str | None) -> str | None:
        bare, colon, rest = (name or "").partition(":")
        return f"{brief.replaced_models.get(bare, bare)}{colon}{rest}" or None

    return ModelNames(
        videos=tuple(now(name) or name for name in videos),
        stills=now(brief.stills or flavor.stills),
        voice=now(voice),
        music=now(music),
    )


def resolve_terms(brief: Brief, flavor: Flavor) -> Terms | None:
    """Resolve the models and options that brief and flavor ask for; the brief comes first. None if no AI model is
    needed.

    Raises ``BadInput`` for a model that is unknown, retired or of another kind, and for what it does not sell. Reads
    the catalogue and today's date; never spends.
    """
    names = choose_model_names(brief, flavor)
    if not names.names:
        return None
    resolution = brief.resolution or flavor.resolution
    videos = tuple(_get_model_of_kind(name, "video") for name in names.videos)
    video = videos[0] if videos else None
    if resolution and video and resolution not in video.resolutions:
        raise BadInput("resolution", resolution, ", ".join(video.resolutions) or f"nothing: {video.id} has one")
    if video and brief.takes > video.samples:
        raise BadInput("takes", brief.takes, f"at most {video.samples} for {video.id}; `retake` buys another")
    return Terms(
        video=video,
        spares=videos[1:],
        stills=_get_model_of_kind(names.stills, "image") if names.stills else None,
        voice=parse_voice(names.voice) if names.voice else None,
        music=_get_model_of_kind(names.music, "music") if names.music else None,
        continuity="loose" if "loose" in (brief.continuity, flavor.continuity) else "beat",
        resolution=resolution,
        sound=_choose_sound(brief, flavor, video),
        samples=brief.takes,
        references=brief.references,
        image_params=flavor.image_params,
        storyboard=brief.storyboard,
    )


def _get_model_of_kind(name: str, kind: Kind) -> Model:
    """Return the model of that name. Raises ``BadInput`` naming the option that it was given for, with the known
    models.
    """
    try:
        found = get_sold_model(name)
    except BadInput as error:
        if kind == "video" or "successor" in error.accepted:
            raise
        sold = [row.id for row in load_models().values() if row.kind == kind and not is_retired(row)]
        raise BadInput(OPTION_NAMES[kind], name, f"a model that makes {kind}, such as {', '.join(sold[:5])}") from error
    if found.kind != kind:
        raise BadInput(OPTION_NAMES[kind], name, f"a model that makes {kind}; {found.name} makes {found.kind}")
    return found


def parse_voice(text: str) -> tuple[Model, str]:
    """Parse ``MODEL:voice`` into the model and the voice's own name there.

    A model that has a voice for each language may stand alone: the name of its voice is then empty.
    """
    name, found, voice = text.partition(":")
    if (found or not is_model_name(name.strip())) and not (name.strip() and voice.strip()):
        raise _build_voice_error(text)
    row = _get_model_of_kind(name.strip(), "speech")
    if not voice.strip() and not row.default_voices:
        raise _build_voice_error(text)
    return row, voice.strip()


def _build_voice_error(text: str) -> BadInput:
    return BadInput("voice", text, "MODEL:voice, such as eleven_v3:ID of the voice; or kokoro, which needs no key")


def _choose_sound(brief: Brief, flavor: Flavor, video: Model | None) -> bool | None:
    if brief.sound is not None or flavor.sound is not None:
        return _check_sound(flavor.sound if brief.sound is None else brief.sound, video)
    wants_own = UNLESS_OWN_SOUND in (brief.music, flavor.music) and video is not None and video.sound != "never"
    return True if wants_own else None


def _check_sound(wants_sound: bool | None, video: Model | None) -> bool | None:
    """Return the wish for sound. Raises ``BadInput`` if the model makes none."""
    if wants_sound and video and video.sound == "never":
        raise BadInput("sound", True, f"nothing: {video.id} makes no sound; leave it out")
    return wants_sound


def choose_aspect(size: tuple[int, int], row: Model) -> str | None:
    """Choose the aspect to request: the film's own if it is sold, or else the one that is cropped least.

    None if the model takes the aspect of its first frame.
    """
    if not row.aspects:
        return None
    ratio = Fraction(*size)
    return min(row.aspects, key=lambda name: _compute_crop(ratio, Fraction(*map(int, name.split(":")))))


def _compute_crop(film: Fraction, sold: Fraction) -> Fraction:
    """Compute the part of a picture of one aspect that is cut off to make the other."""
    return 1 - min(film / sold, sold / film)


def has_own_sound(row: Model, wants_sound: bool | None) -> bool:
    """Return whether takes of this model come with a sound of their own."""
    return row.sound == "always" or (row.sound == "asked" and wants_sound is True)
