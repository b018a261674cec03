"""The provider of the voice Kokoro, which speaks on this machine: without a key, and at a price of 0."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any, Final

from reelwright.catalogue.limits import check_request
from reelwright.catalogue.model_row import FailureCharges
from reelwright.catalogue.models import load_provider_models
from reelwright.catalogue.own_voices import VoiceFolder, build_missing_error, load_own_voices
from reelwright.errors import BadInput, NotFound
from reelwright.providers.offline import FREE, Offline
from reelwright.providers.protocol import Keep, Make, Output, Progress, Voice
from reelwright.reel.graph.request import Request
from reelwright.reel.records.operation import Operation

MODEL: Final = "kokoro-82m"
WORK: Final = "speech.line"
"""The work by which a hand speaks one line."""
_SAMPLES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "en": "This is how I sound. Listen, and then choose.",
        "es": "Así sueno yo. Escúchame y elige.",
        "fr": "Voici ma voix. Écoutez, puis choisissez.",
        "hi": "मेरी आवाज़ ऐसी है। सुनिए, फिर चुनिए।",
        "it": "La mia voce suona così. Ascolta, e poi scegli.",
        "ja": "これが私の声です。聞いてから選んでください。",
        "pt": "Esta é a minha voz. Ouça e depois escolha.",
        "zh": "这就是我的声音。请先听，再选择。",
    }
)
"""What a voice says in its sample, by language."""


class Kokoro(Offline):
    """Provider of Kokoro's voices. Each line is work for a hand, and costs nothing: one that was lost is spoken again.

    ``folder``: that of the weights; None: nothing is spoken, and each line is hummed.
    """

    name = "kokoro"

    def __init__(self, folder: VoiceFolder | None) -> None:
        super().__init__({(MODEL, "speech"): WORK})
        self._folder = folder

    def check(self, request: Request) -> None:
        """Raise ``BadInput`` for no language or voice or one that Kokoro lacks, and where it cannot speak here."""
        check_request(request)
        super().check(request)
        for option in ("language", "voice"):
            if option not in request.extra:
                values = load_provider_models(self.name)[request.model].options[option].values
                raise BadInput(option, "", f"one of {', '.join(map(str, values))}")
        if self._folder and (missing := self._folder.find_missing(str(request.extra.get("language", "")))):
            raise build_missing_error(str(request.extra.get("voice", MODEL)), missing)

    def get_failure_terms(self, model: str) -> FailureCharges:
        """Return terms under which nothing is ever charged."""
        return load_provider_models(self.name)[model].failures

    async def submit(self, prepared_request: Mapping[str, Any], keep: Keep, make: Make) -> Operation | Progress:
        """Have a hand (worker process) speak the line and store it in the vault; costs nothing."""
        made = await make(WORK, self._add_weights(prepared_request["args"]), ())
        outputs = tuple(Output(sample=0, mime="", asset=asset, facts=made.facts) for asset in made.assets)
        return Progress(state="succeeded", outputs=outputs, missing=made.missing, fraction_done=1.0, bill=FREE)

    def _add_weights(self, args: Mapping[str, Any]) -> dict[str, Any]:
        """Add where the weights are: a request does not say it, for the home may move before it is sent."""
        return {**args, "weights": str(self._folder.path) if self._folder else ""}

    @property
    def has_voices(self) -> bool:
        """Whether the voices can speak on this machine."""
        return not (self._folder and self._folder.find_missing())

    async def list_voices(self) -> Sequence[Voice]:
        """List the voices. Sends nothing."""
        return [
            Voice(
                id=voice, name=row.name, languages=(row.language,), sample_url=f"{self.name}:{voice}",
                labels={"gender": row.gender},
            )
            for voice, row in load_own_voices().voices.items()
        ]  # fmt: skip

    def read_sample(self, voice: Voice) -> AsyncIterator[bytes]:
        """Raise ``NotFound``: a sample is spoken by a hand, by ``build_sample``."""
        raise NotFound(code="output_not_kept", provider=self.name, operation=voice.id)

    def build_sample(self, voice: Voice) -> tuple[str, Mapping[str, Any]]:
        """Return the work that speaks the sample of a voice, and its arguments."""
        language = voice.languages[0].partition("-")[0]
        args = {"prompt": _SAMPLES[language], "voice": voice.id, "language": language}
        return WORK, self._add_weights(args)
