"""A file of an older system's settings, line by line: what each is called here, and no secret of it shown."""

from __future__ import annotations

from pathlib import Path

import pytest

from reelwright import Studio
from reelwright.client.options import PREFIX, ClientOptions
from reelwright.errors import BadInput
from reelwright.net.keys import Keys
from reelwright.providers.families.veo_wires import Vertex
from reelwright.providers.gemini_longrunning import open_on_vertex
from reelwright.settings import Settings, load_settings
from reelwright.store.database.database import _parse_url
from reelwright.studio.machine.old_settings import CLIENT, CLIENT_NAMES, examine_file

S0 = """
# S0
MODEL_ID=veo-3.1-generate-preview
export MODEL_FAST_ID="vertex-veo-3.1-fast"   # the quick one
PROJECT_ID='lamp-42'
REGION=europe-west4
OUTPUT_GCS_BUCKET_NAME=lamp-films
SERVICE_ACCOUNT_KEY_PATH=../service-account.json
CONCURRENT_JOB_LIMIT=2
MAX_IMAGE_SIZE=10
MIN_IMAGE_RESOLUTION=720x720
TEMP_DOWNLOAD_PATH=temp_downloads
WEBHOOK_URL=https://hooks.example/canary-path
FRONTEND_URL=http://localhost:3000
FLASK_DEBUG=1
"""
S2_S3 = """
DATABASE_URL=postgresql://me:canary-password@db/films
REDIS_URL=redis://:canary-password@cache
REPLICATE_API_TOKEN=canary-token
AWS_SECRET_ACCESS_KEY=canary-secret
DEFAULT_MODEL=hailuo_fast
DYNAMODB_TABLE_NAME=MVProjects
NEXT_PUBLIC_API_URL=http://localhost:8000
REELWRIGHT_HANDS=2
QUITE_ANOTHER=canary-thing
"""


def told(tmp_path: Path, text: str) -> dict[str, tuple[str, str, str]]:
    path = tmp_path / "old.env"
    path.write_text(text, encoding="utf-8")
    return {check.name: (check.state, check.message, check.fix) for check in examine_file(path).checks}


def test_each_variable_of_s0_says_what_it_is_called_here(tmp_path: Path) -> None:
    found = told(tmp_path, S0)
    assert len(found) == 13
    assert found["MODEL_ID"][0] == "good" and "openrouter-veo-3.1" in found["MODEL_ID"][1]
    mapped = {
        "MODEL_FAST_ID": "→ model at the call=vertex-veo-3.1-fast",
        "PROJECT_ID": "→ GOOGLE_CLOUD_PROJECT=lamp-42",
        "REGION": "→ GOOGLE_CLOUD_LOCATION=europe-west4",
        "OUTPUT_GCS_BUCKET_NAME": "→ REELWRIGHT_VERTEX_STORAGE=gs://lamp-films/veo_outputs",
        "SERVICE_ACCOUNT_KEY_PATH": "→ GOOGLE_APPLICATION_CREDENTIALS=../service-account.json",
        "CONCURRENT_JOB_LIMIT": "→ REELWRIGHT_JOBS_AT_ONCE=2",
        "MAX_IMAGE_SIZE": "→ REELWRIGHT_IMAGE_BYTES=10485760",
        "MIN_IMAGE_RESOLUTION": "→ REELWRIGHT_IMAGE_SIDE=720",
    }
    assert {name: found[name][:2] for name in mapped} == {name: ("good", said) for name, said in mapped.items()}
    assert "not needed" in found["TEMP_DOWNLOAD_PATH"][1] and "LOG_LEVEL=debug" in found["FLASK_DEBUG"][1]
    assert "allow_origin" in " ".join(found["FRONTEND_URL"])
    assert found["WEBHOOK_URL"][0] == "poor" and "add a webhook" in found["WEBHOOK_URL"][1]


def test_what_it_says_is_what_the_settings_read(tmp_path: Path) -> None:
    found = told(tmp_path, S0)
    said = [one.removeprefix("→ ") for _, one, _ in found.values() if one.startswith("→ REELWRIGHT_") and "=" in one]
    ours = dict(one.split("=", 1) for one in said)
    read = load_settings({"REELWRIGHT_HOME": str(tmp_path), **ours})
    assert (read.jobs_at_once, read.image_bytes, read.image_side) == (2, 10 * 1024 * 1024, 720)


def test_no_secret_is_shown_and_what_nobody_reads_is_said(tmp_path: Path) -> None:
    found = told(tmp_path, S2_S3)
    assert "canary" not in repr(found)
    assert found["DATABASE_URL"][:2] == ("good", "→ REELWRIGHT_DATABASE, the same value (postgresql)")
    assert found["DEFAULT_MODEL"][1] == "→ REELWRIGHT_MODEL=hailuo-2.3-fast, which starts from stills"
    assert "REELWRIGHT_STILLS" in found["DEFAULT_MODEL"][2]
    assert found["REPLICATE_API_TOKEN"][1] == found["REELWRIGHT_HANDS"][1] == "is read under this name"
    assert all(found[name][0] == "good" for name in ("REDIS_URL", "DYNAMODB_TABLE_NAME", "NEXT_PUBLIC_API_URL"))
    assert (
        found["QUITE_ANOTHER"][:2] == ("poor", "nothing here reads it") and found["AWS_SECRET_ACCESS_KEY"][0] == "poor"
    )


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("MODEL_ID", "nobody-1", "no model here"),
        ("MODEL_ID", "sora", "is retired"),
        ("MAX_IMAGE_SIZE", "plenty", "no whole number"),
        ("CONCURRENT_JOB_LIMIT", "", "no whole number"),
        ("CONCURRENT_JOB_LIMIT", "0", "is not accepted"),
        ("MIN_IMAGE_RESOLUTION", "90000", "is not accepted"),
        ("MODEL_ID", "flux-dev", "makes no video"),
        ("DATABASE_URL", "mysql://me:canary@db/films", "mysql is no kind"),
        ("DATABASE_URL", "films.db", "is no kind"),
        ("REELWRIGHT_CRF", "99", "is not accepted"),
    ],
)
def test_a_value_that_cannot_be_taken_over_says_so(tmp_path: Path, name: str, value: str, said: str) -> None:
    state, told_, fix = told(tmp_path, f"{name}={value}\n")[name]
    assert state == "poor" and said in told_ and fix


def test_a_file_that_is_none_is_refused_by_line_and_shows_nothing_of_it(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="env line 2") as refused:
        told(tmp_path, "A=1\ncanary-secret in a line of its own\n")
    assert "canary" not in str(refused.value)
    with pytest.raises(BadInput, match="NAME=VALUE"):
        examine_file(tmp_path / "nowhere.env")


def test_a_product_and_its_parts_are_read_as_people_write_them(tmp_path: Path) -> None:
    assert told(tmp_path, "MAX_IMAGE_SIZE=10 * 1024 * 1024\n")["MAX_IMAGE_SIZE"][1].endswith("=10485760")
    assert told(tmp_path, "MIN_IMAGE_RESOLUTION=(720, 720)\n")["MIN_IMAGE_RESOLUTION"][1].endswith("=720")


READ = {
    "REELWRIGHT_HANDS": "3", "REELWRIGHT_STILLS": "flux-dev", "REELWRIGHT_OPENROUTER_BASE_URL": "https://a.example/v1",
    "GOOGLE_APPLICATION_CREDENTIALS": "/key.json", "GOOGLE_CLOUD_PROJECT": "lamp-42", "GEMINI_API_KEY": "canary",
    "GOOGLE_API_KEY": "canary", "LITELLM_API_KEY": "canary", "VIDEO_GENERATION_BASE_URL": "https://a.example",
}  # fmt: skip
NOT_READ = (
    "REELWRIGHT_NONSENSE", "GOOGLE_CLOUD_REGION", "GEMINI_MODEL", "OPENROUTER_MODEL", "LITELLM_MASTER_KEY",
    "VIDEO_GENERATION_REGION", "REELWRIGHT_BASE_URLS",
)  # fmt: skip


def test_only_what_is_read_is_said_to_be_read(tmp_path: Path) -> None:
    """By its whole name: a variable that looks like one of ours is not one."""
    found = told(tmp_path, "".join(f"{name}={value}\n" for name, value in READ.items()))
    assert {said for _, said, _ in found.values()} == {"is read under this name"}
    found = told(tmp_path, "".join(f"{name}=1\n" for name in NOT_READ))
    assert {said for _, said, _ in found.values()} == {"nothing here reads it"}
    assert set(CLIENT_NAMES) == set(ClientOptions.model_fields) - {"api_key"} and PREFIX == CLIENT


def test_what_google_s_variables_become_is_what_its_adapter_reads(tmp_path: Path) -> None:
    found = told(tmp_path, S0)
    ours = dict(
        found[name][1].removeprefix("→ ").split("=", 1) for name in ("PROJECT_ID", "REGION", "OUTPUT_GCS_BUCKET_NAME")
    )
    settings = Settings(home=tmp_path)
    adapter, _ = open_on_vertex(settings, Keys(settings, {**ours, "GOOGLE_ACCESS_TOKEN": "canary"}))
    place = adapter._wire
    assert isinstance(place, Vertex)
    assert (place.project, place.location, place.storage) == ("lamp-42", "europe-west4", "gs://lamp-films/veo_outputs")


def test_a_database_of_another_driver_is_told_how_it_opens_here(tmp_path: Path) -> None:
    for kind in ("postgres", "postgresql+asyncpg", "postgresql+psycopg2"):
        state, said, fix = told(tmp_path, f"DATABASE_URL={kind}://me:canary@db/films\n")["DATABASE_URL"]
        assert state == "good" and f"postgresql:// in place of {kind}://" in said and "canary" not in said + fix
        with pytest.raises(BadInput, match="database"):
            _parse_url(f"{kind}://me@db/films")
    assert _parse_url("postgresql://me@db/films").drivername == "postgresql+psycopg"


def test_the_model_of_an_older_system_makes_the_film_here(tmp_path: Path) -> None:
    found = told(tmp_path, "DEFAULT_MODEL=hailuo_fast\n")["DEFAULT_MODEL"][1]
    name = found.removeprefix("→ REELWRIGHT_MODEL=").partition(",")[0]
    read = load_settings({"REELWRIGHT_HOME": str(tmp_path), "REELWRIGHT_MODEL": name, "REELWRIGHT_STILLS": "flux-dev"})
    with Studio(read) as studio:
        quoted = studio.quote("A 6 second ad for Fenn, a desk lamp", aspect="16:9")
        assert set(quoted.prices_by_step) == {"still", "take"}


def test_each_variable_of_s3_is_read_or_said_not_to_be_needed_or_not_to_be_here(tmp_path: Path) -> None:
    keys = ("ANTHROPIC_API_KEY", "REPLICATE_API_TOKEN", "ELEVENLABS_API_KEY")
    database = ("DYNAMODB_TABLE_NAME", "USE_LOCAL_DYNAMODB", "DYNAMODB_ENDPOINT", "REDIS_URL", "NEXT_PUBLIC_API_URL")
    bucket = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_REGION", "STORAGE_BUCKET")
    found = told(tmp_path, "\n".join(f"{name}=canary" for name in (*keys, *database, *bucket)))
    assert {name: found[name][:2] for name in keys} == dict.fromkeys(keys, ("good", "is read under this name"))
    assert all(found[name][0] == "good" and found[name][1].startswith("not needed") for name in database)
    assert all("REELWRIGHT_VAULT_URL" in found[name][1] for name in bucket)
