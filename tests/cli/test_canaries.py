"""Canary keys in environment and file: whatever is run, no output, journal, log, export or leftover file has them."""

from __future__ import annotations

import base64
import zipfile
from collections.abc import Iterator
from pathlib import Path

from reelwright.known_providers import list_holders

TINY = ("--length", "2", "--short-side", "180", "--aspect", "9:16", "--yes")
BRIEF = "2-second bumper for VoltCup, a self-heating mug. Order at voltcup.example"
IN_FILE = {name: f"canary-file-{name}-{'5d41402a' * 3}" for name in list_holders() if name not in ("openai", "google")}
IN_ENVIRONMENT = {
    variable: f"canary-env-{variable.lower().replace('_', '-')}-{'7d793037' * 3}"
    for name in ("openai", "google", "openrouter")
    for variable in list_holders()[name].variables
}


def spellings(secret: str) -> tuple[bytes, ...]:
    return (secret.encode(), base64.b64encode(secret.encode()), secret.encode("utf-16-le"), secret.upper().encode())


NEEDLES = [form for secret in (*IN_FILE.values(), *IN_ENVIRONMENT.values()) for form in spellings(secret)]


def everything(*folders: Path) -> Iterator[tuple[str, bytes]]:
    """Every file's name and bytes; archives also unpacked."""
    for folder in folders:
        for path in sorted(p for p in folder.rglob("*") if p.is_file() and not p.is_symlink()):
            yield path.name, path.read_bytes()
            if zipfile.is_zipfile(path):
                with zipfile.ZipFile(path) as archive:
                    yield from ((f"{path.name}: {name}", archive.read(name)) for name in archive.namelist())


def found(blobs: Iterator[tuple[str, bytes]]) -> list[str]:
    return [where for where, blob in blobs if any(needle in blob for needle in NEEDLES)]


def test_the_search_finds_what_it_looks_for(tmp_path: Path) -> None:
    (tmp_path / "leak.txt").write_text(f"x{IN_FILE['openrouter']}x")
    with zipfile.ZipFile(tmp_path / "packed.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("inside", IN_ENVIRONMENT["OPENAI_API_KEY"])
    assert len(found(everything(tmp_path))) == 2


def test_no_key_leaves_whatever_is_run(reelwright, home: Path, tmp_path: Path) -> None:
    home.mkdir(parents=True)
    kept = home / "keys.yaml"
    kept.write_text("".join(f"{name}: {secret}\n" for name, secret in IN_FILE.items()))
    kept.chmod(0o600)
    out = tmp_path / "out"
    out.mkdir()
    runs = [
        ("quote", BRIEF), ("make", BRIEF, *TINY), ("keys",), ("keys", "--json"), ("doctor", "--json"),
        ("show", "last", "--json"), ("jobs", "--json"), ("projects",),
        ("edit", "last", "--shot", "1", "--words", "Cold"),
        ("export", "last", "--out", str(out)), ("pull", "last", str(out / "film")), ("models",),
        ("make", BRIEF, "--flavor", "nothing"), ("keys", "remove", "openai"), ("keys", "add", "nobody"),
    ]  # fmt: skip
    said = []
    for args in runs:
        ran = reelwright(*args, **IN_ENVIRONMENT)
        said.append((" ".join(args), f"{ran.out}\n{ran.err}".encode()))
    codes = {" ".join(args)[:12]: text[-200:] for args, text in zip(runs, (text for _, text in said), strict=True)}
    assert (home / "journal.db").stat().st_size > 10_000 and list(out.rglob("*.zip")), codes
    assert found(iter(said)) == []
    kept.unlink()
    assert found(everything(home, out)) == []
