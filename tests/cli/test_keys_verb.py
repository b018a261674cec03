"""The verb ``keys`` as a person meets it: hidden prompts, files for one pair of eyes, and no secret anywhere."""

from __future__ import annotations

import os
import re
import stat
from pathlib import Path

import pytest

from cli.asked import answering
from cli.terminals import run_at_terminal
from reelwright.known_providers import list_holders

CANARY = "canary-sparrow-7391-in-the-mine"
HEADER = {"litellm": "x-goog-api-key", "elevenlabs": "xi-api-key", "google": "x-goog-api-key", "anthropic": "x-api-key"}
ASKABLE = sorted(set(list_holders()) - {"vertex"})


def base(holder: str, url: str) -> dict[str, str]:
    return {f"REELWRIGHT_{holder.upper()}_BASE_URL": url}


def nowhere(ran) -> bool:
    return CANARY not in ran.out and CANARY not in ran.err


def test_without_keys_every_holder_is_listed_with_its_variable_and_what_it_opens(reelwright, home: Path) -> None:
    ran = reelwright("keys")
    assert ran.code == 0 and all(name in ran.out for name in list_holders())
    rows = {row["holder"]: row for row in reelwright("keys", "--json").json["keys"]}
    assert rows["openrouter"]["source"] is None and rows["openrouter"]["models"]
    assert not home.exists()


def test_the_secret_of_the_sign_in_is_listed_as_no_provider_and_every_column_explains_itself(reelwright) -> None:
    reelwright("keys", "add", "oidc", "--unchecked", stdin=CANARY)
    reelwright("keys", "add", "google_webhooks", "--unchecked", stdin=CANARY)
    rows = {line.split()[0]: re.split(r" {2,}", line) for line in reelwright("keys").out.splitlines()}
    models = {row["holder"]: len(row["models"]) for row in reelwright("keys", "--json").json["keys"]}
    assert rows["openrouter"][2] == f"{models['openrouter']} models"
    assert rows["oidc"][2] == "sign-in" and rows["google_webhooks"][2] == "webhooks"


@pytest.mark.parametrize("holder", ASKABLE)
def test_a_key_is_tried_for_nothing_at_its_provider_and_then_kept(reelwright, home: Path, holder: str) -> None:
    with answering(200) as asked:
        ran = reelwright("keys", "add", holder, "--json", stdin=f"{CANARY}\n", **base(holder, asked.url))
    assert ran.code == 0, ran.err
    assert (ran.json["verdict"], ran.json["holder"]) == ("accepted", holder) and nowhere(ran)
    [(method, path, headers)] = asked.seen
    assert method == "GET" and path.startswith(("/v1", "/api/v1"))
    assert headers[HEADER.get(holder, "authorization")].removeprefix("Bearer ") == CANARY
    assert CANARY in (home / "keys.yaml").read_text()


def test_a_kept_key_is_listed_told_by_the_doctor_and_can_be_removed(reelwright, home: Path) -> None:
    kept = reelwright("keys", "add", "replicate", "--unchecked", "--json", stdin=CANARY).json
    file = home / "keys.yaml"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600 and CANARY in file.read_text()
    listed, doctor = reelwright("keys"), reelwright("doctor")
    assert "file keys.yaml" in listed.out and kept["fingerprint"] in listed.out and nowhere(listed)
    assert "replicate opens" in doctor.out and nowhere(doctor)
    assert reelwright("keys", "remove", "replicate").code == 0 and CANARY not in file.read_text()


@pytest.mark.parametrize(
    ("status", "body"), [(401, b"no such key: "), (403, b"forbidden "), (400, b"API_KEY_INVALID ")]
)
def test_a_key_that_the_provider_refuses_is_not_kept_and_its_words_are_redacted(
    reelwright, home: Path, status: int, body: bytes
) -> None:
    with answering(status, body, quotes_headers=True) as asked:
        ran = reelwright("keys", "add", "openrouter", "--json", stdin=CANARY, **base("openrouter", asked.url))
    assert ran.code == 2 and not (home / "keys.yaml").exists() and len(asked.seen) == 1
    assert str(status) in ran.json["error"]["message"] and "nothing was kept" in ran.err and nowhere(ran)


def test_a_key_with_few_rights_is_still_a_key(reelwright) -> None:
    with answering(401, b'{"detail": {"status": "missing_permissions"}}') as asked:
        ran = reelwright("keys", "add", "elevenlabs", "--json", stdin=CANARY, **base("elevenlabs", asked.url))
    assert ran.json["verdict"] == "accepted" and "fewer rights" in ran.json["message"]


def test_where_the_provider_cannot_be_asked_it_is_kept_and_said_so(reelwright) -> None:
    gone = {"REELWRIGHT_OPENROUTER_BASE_URL": "http://127.0.0.1:9"}
    ran = reelwright("keys", "add", "openrouter", stdin=CANARY, **gone)
    assert ran.code == 0 and "not tried" in ran.out and nowhere(ran)
    with answering(500) as asked:
        ran = reelwright("keys", "add", "openrouter", "--json", stdin=CANARY, **base("openrouter", asked.url))
    assert ran.json["verdict"] == "no answer"
    for holder, why in (("vertex", "first use will tell"), ("litellm", "REELWRIGHT_LITELLM_BASE_URL")):
        ran = reelwright("keys", "add", holder, "--json", stdin=CANARY)
        assert ran.json["verdict"] == "not asked" and why in ran.json["message"]


def test_a_key_on_a_command_line_is_refused_and_not_repeated(reelwright, home: Path) -> None:
    for args in ((CANARY,), ("--key", CANARY), (f"--key={CANARY}",), (f"--{CANARY}",)):
        ran = reelwright("keys", "add", "openrouter", *args, "--json", stdin="another-key")
        assert ran.code == 2 and "command line" in ran.err and nowhere(ran), ran.err
    assert not home.exists()


@pytest.mark.parametrize(
    ("args", "stdin"),
    [(("add", "openrooter"), CANARY), (("add", "openrouter"), ""), (("add", "openrouter"), "\n"),
     (("add", "openrouter"), f"{CANARY} and more"), (("add", "openrouter"), "ключ"), (("add",), CANARY),
     (("remove", "openrouter"), ""), (("remove", "x"), ""), (("add", "openrouter"), "x" * 9000)],
)  # fmt: skip
def test_what_cannot_be_is_one_object_and_exit_2(reelwright, home: Path, args: tuple[str, ...], stdin: str) -> None:
    ran = reelwright("keys", *args, "--json", stdin=stdin)
    assert ran.code == 2 and ran.json["error"]["message"] and nowhere(ran)
    assert "it was found in" not in ran.err, "a key that is being added was found nowhere"
    assert "Traceback" not in ran.err and not home.exists()


def test_a_key_of_the_environment_is_shown_and_cannot_be_removed_here(reelwright) -> None:
    ran = reelwright("keys", "--json", OPENROUTER_API_KEY=CANARY)
    [row] = [row for row in ran.json["keys"] if row["source"]]
    assert row["source"] == "environment OPENROUTER_API_KEY" and nowhere(ran)
    gone = reelwright("keys", "remove", "openrouter", OPENROUTER_API_KEY=CANARY)
    assert gone.code == 2 and "environment OPENROUTER_API_KEY" in gone.err and nowhere(gone)


def test_a_file_that_others_can_read_stops_keys_and_is_named_by_the_doctor(reelwright, home: Path) -> None:
    reelwright("keys", "add", "openrouter", "--unchecked", stdin=CANARY)
    (home / "keys.yaml").chmod(0o644)
    ran = reelwright("keys")
    assert ran.code == 2 and "chmod 600" in ran.err and nowhere(ran)
    doctor = reelwright("doctor", "--json")
    [check] = [check for check in doctor.json["checks"] if check["name"] == "keys"]
    assert check["state"] == "poor" and "chmod 600" in check["fix"] and nowhere(doctor)


RING = """
import json, keyring.backend, keyring.errors, os, pathlib
FILE = pathlib.Path(os.environ["RING_FILE"])
class Ring(keyring.backend.KeyringBackend):
    priority = 1
    def _all(self): return json.loads(FILE.read_text()) if FILE.exists() else {}
    def get_password(self, service, name): return self._all().get(service + "/" + name)
    def set_password(self, service, name, word):
        FILE.write_text(json.dumps({**self._all(), service + "/" + name: word}))
    def delete_password(self, service, name):
        kept = self._all()
        if service + "/" + name not in kept: raise keyring.errors.PasswordDeleteError("none")
        kept.pop(service + "/" + name); FILE.write_text(json.dumps(kept))
"""


def test_a_key_in_the_keyring_leaves_only_a_mark_in_the_file(reelwright, home: Path, tmp_path: Path, env) -> None:
    (tmp_path / "ring_of_tests.py").write_text(RING)
    ring = {
        "PYTHONPATH": f"{env['PYTHONPATH']}{os.pathsep}{tmp_path}",
        "PYTHON_KEYRING_BACKEND": "ring_of_tests.Ring",
        "RING_FILE": str(tmp_path / "ring.json"),
    }
    ran = reelwright("keys", "add", "openrouter", "--unchecked", "--keyring", "--json", stdin=CANARY, **ring)
    assert ran.code == 0, ran.err
    assert CANARY in (tmp_path / "ring.json").read_text() and CANARY not in (home / "keys.yaml").read_text()
    [row] = [row for row in reelwright("keys", "--json", **ring).json["keys"] if row["source"]]
    assert row["source"] == "keyring" and row["fingerprint"] == ran.json["fingerprint"]
    assert reelwright("keys", "remove", "openrouter", **ring).code == 0
    assert CANARY not in (tmp_path / "ring.json").read_text()


def test_where_there_is_no_keyring_it_says_so_and_keeps_nothing(reelwright, home: Path) -> None:
    none = {"PYTHON_KEYRING_BACKEND": "keyring.backends.fail.Keyring"}
    ran = reelwright("keys", "add", "openrouter", "--unchecked", "--keyring", stdin=CANARY, **none)
    assert ran.code == 2 and "keyring" in ran.err and not (home / "keys.yaml").exists() and nowhere(ran)


def test_at_a_terminal_the_prompt_hides_what_is_typed(env, home: Path) -> None:
    command = ("-m", "reelwright.cli", "keys", "add", "openrouter", "--unchecked")
    code, seen = run_at_terminal(env, *command, answers={b"hidden": CANARY.encode() + b"\n"})
    assert code == 0, seen
    assert CANARY not in seen and CANARY in (home / "keys.yaml").read_text()
