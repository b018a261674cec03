"""ElevenLabs' wire on recorded exchanges, timed words from any alignment, and its official client as an oracle."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from providers.conformance import AT_ONCE, SECRET
from providers.exchanges import Exchange, all_of
from reelwright.catalogue.models import compute_catalogue_digest, get_sold_model
from reelwright.errors import NotAccepted, OutcomeUnknown, Refused
from reelwright.providers.fakes.elevenlabs import FakeElevenLabs
from reelwright.providers.fakes.server import FakeServer
from reelwright.providers.wires import elevenlabs as wire
from reelwright.providers.wires.mp3 import measure_duration_ms
from reelwright.reel.graph.request import Request

SPEECH = Request(
    model="eleven_multilingual_v2", mode="speech", prompt="Hi", seed=7,
    extra={"voice": "JBFqnCBsd6RMkjVDRZzb", "stability_milli": 500, "similarity_milli": 750},
)  # fmt: skip
MUSIC = Request(model="eleven-music", mode="music", prompt="warm lofi", ms=30_000)
SOUND = Request(
    model="eleven-sfx", mode="sound_effect", prompt="door creak", ms=2000,
    extra={"prompt_influence_milli": 300, "loop": False},
)  # fmt: skip


def body(request: Request) -> dict[str, Any]:
    return wire.build_body(request, get_sold_model(request.model))


# ---- recorded exchanges
@pytest.mark.parametrize(
    ("name", "request_"), [("tts_with_timestamps_ok", SPEECH), ("music_ok", MUSIC), ("sfx_ok", SOUND)]
)
def test_a_body_is_the_recorded_one(name, request_):
    sent = Exchange(f"elevenlabs/{name}").sent
    expected = {**sent["json"], **({"model_id": "music_v2_5"} if request_ is MUSIC else {})}
    assert body(request_) == expected
    assert f"{wire.build_path(request_)}?output_format={wire.FORMAT}" == sent["path"]


@pytest.mark.parametrize("name", all_of("elevenlabs", "tts_4") + all_of("elevenlabs", "tts_5"))
def test_a_recorded_refusal_is_read_rightly(name):
    told = Exchange(name)
    error = wire.make_error(told.status, told.headers, told.json)
    expected = {429: NotAccepted, 503: OutcomeUnknown}.get(told.status, Refused)
    assert type(error) is expected
    if name.endswith("quota"):
        assert error.code == "quota_used_up" and [action.kind for action in error.actions] == ["add_funds"]
    if name.endswith("422"):
        assert error.code == "request_refused" and "body.text: Field required" in error.params["fault"]


def test_refused_music_brings_their_own_suggestion():
    told = Exchange("elevenlabs/music_400_bad_prompt")
    error = wire.make_error(told.status, told.headers, told.json)
    assert isinstance(error, Refused) and error.code == "content_filtered"
    assert "An upbeat synth-pop track" in error.hint


def test_a_recorded_answer_is_sound_words_and_a_bill():
    told = Exchange("elevenlabs/tts_with_timestamps_ok")
    assert wire.decode_audio(told.json).startswith(b"ID3")
    assert words_of(told.json) == [["Hi", 0, 300]]
    bill = wire.parse_bill(told.headers, compute_catalogue_digest("elevenlabs"))
    assert bill and bill.micros == 160 and bill.certainty == "computed"
    assert wire.parse_bill({}, compute_catalogue_digest("elevenlabs")) is None


@pytest.mark.parametrize("told", ["\xb2", "-4", "1e5", "9" * 5000])
def test_a_number_of_credits_that_is_none_never_costs_what_was_bought(told):
    bill = wire.parse_bill({"character-cost": told}, compute_catalogue_digest("elevenlabs"))
    assert bill and (bill.micros, bill.certainty) == (None, "unknown")


# ---- words in time
def words_of(answer):
    return wire.extract_facts(b"", answer).get("words", [])


def test_words_come_from_the_text_as_spoken_where_that_as_written_is_missing():
    rows = {"characters": list("a b"), "character_start_times_seconds": [0, 0.1, 0.2], "character_end_times_seconds": [0.1, 0.2, 0.5]}  # fmt: skip  # noqa: E501
    assert words_of({"alignment": None, "normalized_alignment": rows}) == [["a", 0, 100], ["b", 200, 500]]
    assert words_of({"alignment": None, "normalized_alignment": None}) == []
    assert words_of({"alignment": {**rows, "characters": ["a"]}}) == []
    assert words_of(None) == words_of({"alignment": "x"}) == []


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Go, now!", [["Go,", 0, 200], ["now!", 400, 700]]),
        ("灯り、iPhone", [["灯", 0, 100], ["り、", 100, 200], ["iPhone", 300, 900]]),
        ("コーヒー", [["コー", 0, 200], ["ヒー", 200, 400]]),
        ("น้ำ", [["น้", 0, 200], ["ำ", 200, 300]]),
        ("$5 …", [["$5", 0, 200], ["…", 300, 400]]),
    ],
)
def test_a_script_without_spaces_is_told_letter_by_letter_and_marks_are_silent(text, words):
    at = [n / 10 for n in range(len(text) + 1)]
    told = {
        "characters": list(text), "character_start_times_seconds": at[:-1], "character_end_times_seconds": at[1:],
    }  # fmt: skip
    assert words_of({"alignment": told}) == words


@given(st.lists(st.tuples(st.text(max_size=2), st.floats(0, 9), st.floats(0, 9)), max_size=20))
def test_words_never_run_backwards_and_hold_every_letter_that_is_seen(rows):
    alignment = {
        "characters": [row[0] for row in rows],
        "character_start_times_seconds": [min(row[1:]) for row in rows],
        "character_end_times_seconds": [max(row[1:]) for row in rows],
    }
    words = words_of({"alignment": alignment})
    assert "".join(word for word, _, _ in words) == "".join(row[0] for row in rows if not row[0].isspace())
    starts = [start for _, start, _ in words]
    assert starts == sorted(starts) and all(start <= end for _, start, end in words)


@given(st.recursive(st.none() | st.booleans() | st.floats() | st.text(), lambda c: st.lists(c) | st.dictionaries(st.text(), c)))  # fmt: skip  # noqa: E501
def test_no_alignment_whatever_it_holds_breaks_the_reading(value):
    assert isinstance(words_of({"alignment": value, "normalized_alignment": value}), list)


# ---- how long it sounds
def frame(kbps_index: int, rate_index: int, size: int) -> bytes:
    return (bytes([0xFF, 0xFB, kbps_index << 4 | rate_index << 2, 0]) + bytes(size))[:size]


def test_an_mp3s_length_is_counted_by_its_frames():
    one = frame(9, 0, 417)  # 128 kbps at 44.1 kHz
    assert measure_duration_ms(one * 38) == round(38 * 1152 / 44.1)
    tag = b"ID3\4\0\0" + bytes([0, 0, 1, 0]) + bytes(128)
    assert measure_duration_ms(tag + one * 38) == measure_duration_ms(one * 38)
    assert measure_duration_ms(one * 38 + one[:100]) == measure_duration_ms(one * 38)
    assert measure_duration_ms(b"ID3") is measure_duration_ms(b"") is measure_duration_ms(b"RIFF....WAVE") is None


@given(st.binary(max_size=300))
def test_no_bytes_break_the_counting(data):
    found = measure_duration_ms(data)
    assert found is None or found > 0


# ---- the official client
@pytest.fixture
def client():
    from elevenlabs.client import ElevenLabs

    made = []

    def opened(url: str) -> Any:
        made.append(ElevenLabs(api_key=SECRET, base_url=url))
        return made[-1]

    yield opened
    for one in made:
        one._client_wrapper.httpx_client.httpx_client.close()


async def test_the_official_client_sends_what_we_send_and_is_served_by_our_fake(client):
    async with FakeServer(FakeElevenLabs(script=AT_ONCE, secret=SECRET)) as server:
        theirs = client(server.url)
        once = {"max_retries": 0}

        def talk() -> Any:
            said = theirs.text_to_speech.convert_with_timestamps(
                "JBFqnCBsd6RMkjVDRZzb", text="Hi", model_id="eleven_multilingual_v2", output_format=wire.FORMAT, seed=7,
                voice_settings={"stability": 0.5, "similarity_boost": 0.75}, request_options=once,
            )  # fmt: skip
            song = b"".join(
                theirs.music.compose(
                    prompt="warm lofi", music_length_ms=30_000, model_id="music_v2_5", force_instrumental=True,
                    output_format=wire.FORMAT,
                )
            )  # fmt: skip
            sound = b"".join(
                theirs.text_to_sound_effects.convert(
                    text="door creak", duration_seconds=2.0, prompt_influence=0.3, loop=False,
                    model_id="eleven_text_to_sound_v2", output_format=wire.FORMAT,
                )
            )  # fmt: skip
            page = theirs.history.list(page_size=10)
            item = theirs.history.get(page.history[0].history_item_id)
            return said, song, sound, page, item, b"".join(theirs.history.get_audio(item.history_item_id))

        said, song, sound, page, item, again = await asyncio.to_thread(talk)
        submits = [call for call in server.calls if call.kind == "submit"]
        for call, request in zip(submits, (SPEECH, MUSIC, SOUND), strict=True):
            assert call.path == wire.build_path(request) and call.parse_json() == body(request)
            assert call.query == {"output_format": wire.FORMAT}
        assert said.alignment.characters == ["H", "i"] and song[:3] == sound[:3] == b"ID3"
        assert [row.text for row in page.history] == ["Hi"] and item.voice_id == "JBFqnCBsd6RMkjVDRZzb"
        assert again == await server.fake.remote.get_output(server.fake.remote.get(item.history_item_id), 0)
