"""A vault in an object store: what is put is there for every machine, what is read was verified, nothing is lost."""

from __future__ import annotations

import asyncio
import os
import socket
import sys
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from buckets import SECRET, Bucket, open_bucket
from reasons import has_code
from reelwright.errors import BadInput, DamagedAsset, StoreUnavailable, ToolMissing
from reelwright.net.object_store import ObjectStore
from reelwright.reel.base.value import Digest
from reelwright.settings import Settings, load_settings
from reelwright.store.vault import object_markers
from reelwright.store.vault.object_markers import ObjectMarkers
from reelwright.store.vault.object_vault import ObjectVault
from reelwright.store.vault.open_vault import open_markers, open_vault
from reelwright.studio.machine import doctor
from store.making import ACCOUNT, sha

pytestmark = pytest.mark.timeout(60)
Machine = Callable[[str], ObjectVault]


@pytest.fixture(scope="module")
def bucket() -> Iterator[Bucket]:
    with open_bucket() as made:
        yield made


@pytest.fixture
def machine(bucket: Bucket, tmp_path: Path) -> Machine:
    """Opens the vault as another machine does: all have one bucket, each a folder of its own."""

    def open_on(name: str) -> ObjectVault:
        url = f"{bucket.url}/{tmp_path.name}"
        settings = Settings(home=tmp_path / name, vault_url=url, vault_endpoint=bucket.endpoint)
        vault = open_vault(settings)
        assert isinstance(vault, ObjectVault)
        return vault

    return open_on


def key_of(digest: Digest) -> str:
    return f"{ACCOUNT}/{digest[:2]}/{digest}"


async def chunks(*parts: bytes) -> AsyncIterator[bytes]:
    for part in parts:
        yield part


async def put(vault: ObjectVault, data: bytes) -> Digest:
    return await vault.put(ACCOUNT, chunks(data), "video/mp4", 1 << 30)


async def read(vault: ObjectVault, digest: Digest, start: int = 0, end: int | None = None) -> bytes:
    return b"".join([chunk async for chunk in vault.read(ACCOUNT, digest, start, end)])


async def test_what_one_machine_puts_another_reads(machine: Machine, tmp_path: Path) -> None:
    one, two = machine("one"), machine("two")
    large = os.urandom(12_000_000)  # sent in parts
    (tmp_path / "file").write_bytes(b"a file")
    digests = [
        await put(one, b"hello world"),
        await put(one, large),
        await put(one, b""),
        await one.put_file(ACCOUNT, tmp_path / "file", "text/plain"),
    ]
    assert [await two.get_size(ACCOUNT, digest) for digest in digests] == [11, len(large), 0, 6]
    assert [await two.has(ACCOUNT, digest) for digest in (*digests, sha("never"))] == [True] * 4 + [False]
    assert [await read(two, digest) for digest in digests] == [b"hello world", large, b"", b"a file"]
    assert await read(two, digests[0], 6, 9) == b"wor"
    assert set(two.list_digests(ACCOUNT)) == set(digests)
    assert all(two.verify(ACCOUNT, digest) for digest in digests)
    async with two.open_local(ACCOUNT, digests[0]) as path:
        assert path.is_relative_to(tmp_path / "two") and path.stat().st_mode & 0o222 == 0


async def test_bytes_that_a_check_refuses_are_never_put(machine: Machine) -> None:
    async def refuse(_: Path) -> None:
        raise ValueError("not a film")

    vault = machine("one")
    with pytest.raises(ValueError, match="not a film"):
        await vault.put(ACCOUNT, chunks(b"noise"), "video/mp4", 100, refuse)
    with pytest.raises(BadInput):
        await vault.put(ACCOUNT, chunks(b"too long"), "video/mp4", 3)
    assert not list(vault.list_digests(ACCOUNT)) and not await vault.has(ACCOUNT, sha("noise"))


async def test_bytes_that_changed_in_the_store_are_refused_and_put_right_by_the_same_bytes(
    machine: Machine, tmp_path: Path
) -> None:
    one, two = machine("one"), machine("two")
    digest = await put(one, b"as it was")
    (tmp_path / "other").write_bytes(b"as it is!")
    await asyncio.to_thread(one.store.put_file, key_of(digest), tmp_path / "other")
    assert not two.verify(ACCOUNT, digest)
    with pytest.raises(DamagedAsset):
        await read(two, digest)
    assert await read(one, digest) == b"as it was", "its own copy is whole"
    assert await put(one, b"as it was") == digest
    assert await read(two, digest) == b"as it was"
    await asyncio.to_thread(one.store.delete, key_of(digest))
    with pytest.raises(DamagedAsset, match="missing"):
        await read(machine("three"), digest)


async def test_a_damaged_copy_is_fetched_anew(machine: Machine) -> None:
    one, two = machine("one"), machine("two")
    digest = await put(one, b"whole")
    assert await read(two, digest) == b"whole"
    path = two.get_path(ACCOUNT, digest)
    path.chmod(0o644)
    path.write_bytes(b"holed")
    assert await read(two, digest) == b"whole"


async def test_a_store_that_is_away_is_told_without_secrets_and_nothing_is_lost(
    machine: Machine, bucket: Bucket, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("reelwright.net.object_store._RETRIES", {"max_retries": 1})
    vault = machine("one")
    first = await put(vault, b"first")
    bucket.stop()
    try:
        with pytest.raises(StoreUnavailable, check=has_code("object_store_away")) as away:
            await put(vault, b"second")
        assert SECRET not in str(away.value)
        assert away.value.retry == "later" and vault.store.url in str(away.value)
        assert await read(vault, first) == b"first", "what is here is read without the store"
        with pytest.raises(StoreUnavailable):
            open_markers(vault).append(ACCOUNT, {"id": "purchase_1", "send_count": 1})
    finally:
        bucket.start()
    assert await put(vault, b"second") == sha("second") and await machine("two").has(ACCOUNT, sha("second"))


async def test_what_is_deleted_is_gone_everywhere_but_not_what_was_just_put(machine: Machine) -> None:
    vault = machine("one")
    digest = await put(vault, b"a take")
    assert not await vault.discard(ACCOUNT, digest, 3600) and await machine("two").has(ACCOUNT, digest)
    assert await vault.discard(ACCOUNT, digest, 0)
    assert not await vault.has(ACCOUNT, digest) and not await machine("two").has(ACCOUNT, digest)
    assert await vault.discard(ACCOUNT, digest, 0), "again"
    other = await put(vault, b"another")
    await machine("two").forget(ACCOUNT, other)
    with pytest.raises(DamagedAsset):
        await read(machine("three"), other)


@pytest.mark.parametrize("before", ["describe", "delete"])
async def test_bytes_that_are_put_while_another_machine_deletes_them_are_there_after(
    machine: Machine, before: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The deleter is held up just before it looks, or just before it deletes."""
    one, two = machine("one"), machine("two")
    digest = await put(one, b"wanted again")
    held, go_on = threading.Event(), threading.Event()
    real = getattr(ObjectStore, before)

    def wait(store: ObjectStore, key: str) -> Any:
        if threading.current_thread().name == "deleter" and key.endswith(digest) and "/.gone/" not in key:
            held.set()
            go_on.wait(20)
        return real(store, key)

    monkeypatch.setattr(ObjectStore, before, wait)
    deleter = threading.Thread(target=one._delete_if_old, args=(ACCOUNT, digest, -1.0), name="deleter")
    deleter.start()
    assert held.wait(20)
    putting = asyncio.create_task(put(two, b"wanted again"))
    await asyncio.sleep(1)
    assert not putting.done(), "it waits for the one who deletes"
    go_on.set()
    assert await putting == digest
    deleter.join()
    assert await read(machine("three"), digest) == b"wanted again"
    assert await two.discard(ACCOUNT, digest, 0), "no lock is left"


async def test_copies_used_longest_ago_go_and_come_back(machine: Machine) -> None:
    from dataclasses import replace

    from reelwright.store.vault.vault_cache import _USED

    vault = replace(machine("one"), cache_bytes=2_500)
    old, kept_only_here, young = [await put(vault, letter * 1_000) for letter in (b"a", b"b", b"c")]
    await asyncio.to_thread(vault.store.delete, key_of(kept_only_here))
    for digest, age in ((old, 9), (kept_only_here, 8)):
        os.utime(vault.get_path(ACCOUNT, digest), (time.time() - age * 3600,) * 2)
    _USED.pop(vault.root, None)
    await put(vault, b"d" * 1_000)
    there = {digest: vault.get_path(ACCOUNT, digest).exists() for digest in (old, kept_only_here, young)}
    assert there == {old: False, kept_only_here: False, young: True}
    assert await read(machine("two"), kept_only_here) == b"b" * 1_000, "what no other had was put before it went"
    assert await read(vault, old) == b"a" * 1_000


# ---- markers of paid sends
async def test_of_two_journals_that_claim_a_vault_one_owns_it(machine: Machine) -> None:
    markers = [open_markers(machine(f"m{n}")) for n in range(4)]
    assert markers[0].read_owner(ACCOUNT) is None
    claims = [asyncio.to_thread(one.claim, ACCOUNT, f"epoch_{n}", must_be_unclaimed=True)
              for n, one in enumerate(markers)]  # fmt: skip
    owners = await asyncio.gather(*claims)
    assert len({(one.vault, one.epoch) for one in owners}) == 1 and markers[3].read_owner(ACCOUNT) == owners[0]
    mine = markers[1].claim(ACCOUNT, "epoch_new")
    assert mine.vault == owners[0].vault and markers[2].read_owner(ACCOUNT) == mine


async def test_marks_of_many_writers_are_all_read_and_a_log_grows_at_its_end(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    markers = open_markers(machine("one"))
    assert isinstance(markers, ObjectMarkers) and markers.measure_logs(ACCOUNT) == {}
    markers.append(ACCOUNT, {"id": "purchase_0", "send_count": 1})
    (log, size), = markers.measure_logs(ACCOUNT).items()  # fmt: skip
    assert markers.read_marks(ACCOUNT, log, 0) == ([{"id": "purchase_0", "send_count": 1}], size)

    def write(n: int) -> None:
        monkeypatch.setattr(object_markers, "_NEXT", {})  # as a process that has not written yet
        markers.append(ACCOUNT, {"id": f"purchase_{n}", "send_count": 1})

    await asyncio.gather(*(asyncio.to_thread(write, n) for n in range(1, 9)))
    more, end = markers.read_marks(ACCOUNT, log, size)
    assert {mark["id"] for mark in more} == {f"purchase_{n}" for n in range(1, 9)}
    assert markers.measure_logs(ACCOUNT) == {log: end} and markers.read_marks(ACCOUNT, log, end) == ([], end)
    assert not markers.has_bytes(ACCOUNT)
    await put(machine("one"), b"a take")
    assert markers.has_bytes(ACCOUNT)


async def test_a_bucket_that_is_not_there_is_told_at_once(bucket: Bucket, tmp_path: Path) -> None:
    vault = open_vault(Settings(home=tmp_path, vault_url="s3://nowhere/x", vault_endpoint=bucket.endpoint))
    assert isinstance(vault, ObjectVault)
    markers = open_markers(vault)
    for call in (
        lambda: markers.append(ACCOUNT, {"id": "purchase_1", "send_count": 1}), lambda: markers.claim(ACCOUNT, "epoch"),
        lambda: asyncio.run(put(vault, b"a take")), vault.probe,
        # else a take that was bought would count as lost, and its film would ask to buy it again
        lambda: vault.get_verified_path(ACCOUNT, sha("never")), lambda: vault.verify(ACCOUNT, sha("never")),
        lambda: asyncio.run(vault.forget(ACCOUNT, sha("never"))), lambda: markers.read_owner(ACCOUNT),
    ):  # fmt: skip
        with pytest.raises(StoreUnavailable, match=r"no such bucket|404 Not Found"):
            await asyncio.to_thread(call)


async def test_a_store_that_refuses_a_mark_for_ever_is_told(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    """As one does while its bucket is being deleted."""
    monkeypatch.setattr(object_markers, "MARKER_RETRY_WAIT_S", 0.0)
    monkeypatch.setattr(ObjectStore, "put_bytes", lambda *_, **__: False)
    with pytest.raises(StoreUnavailable, check=has_code("object_store_away")):
        await asyncio.to_thread(open_markers(machine("one")).append, ACCOUNT, {"id": "purchase_1", "send_count": 1})


# ---- settings and stores that do not do what they say
@pytest.mark.parametrize(
    "url",
    ["films", "/srv/films", "ftp://films", "s3://", "s3://films?x=1", "s3://key:word@films/x", "s3://films/../x",
     "s3://films/a b", "s3://films/#x", "S3 //films", "S3://films", "s3://[films", "s3://films\n", "s3://films/x\n"],
)  # fmt: skip
def test_a_wrong_url_is_refused_by_name_and_shows_no_password(url: str, tmp_path: Path) -> None:
    with pytest.raises(BadInput) as refused:
        load_settings({"REELWRIGHT_HOME": str(tmp_path), "REELWRIGHT_VAULT_URL": url})
    assert "REELWRIGHT_VAULT_URL" in str(refused.value) and "s3://BUCKET/PREFIX" in str(refused.value)
    assert "word" not in str(refused.value).replace("password", "")


def test_an_endpoint_without_a_bucket_is_refused(tmp_path: Path) -> None:
    given = {"REELWRIGHT_HOME": str(tmp_path), "REELWRIGHT_VAULT_ENDPOINT": "http://127.0.0.1:9000"}
    with pytest.raises(BadInput, match=r"REELWRIGHT_VAULT_ENDPOINT.*s3://BUCKET/PREFIX"):
        load_settings(given)
    assert load_settings({**given, "REELWRIGHT_VAULT_URL": "s3://films"}).vault_endpoint == "http://127.0.0.1:9000"


@pytest.mark.parametrize(
    "endpoint",
    ["store:9000", "ftp://store", "http://user:word@store", "https://store/?x=1", "http://[::1", "http://store:port",
     "http://store:99999", "http://a store", "http://store:9000\n"],
)  # fmt: skip
def test_a_wrong_endpoint_is_refused(endpoint: str, tmp_path: Path) -> None:
    given = {"REELWRIGHT_HOME": str(tmp_path), "REELWRIGHT_VAULT_URL": "s3://films"}
    with pytest.raises(BadInput, match="REELWRIGHT_VAULT_ENDPOINT"):
        load_settings({**given, "REELWRIGHT_VAULT_ENDPOINT": endpoint})


def test_a_store_that_ignores_conditions_is_found(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    vault = machine("one")
    assert vault.probe() is None
    monkeypatch.setattr(ObjectStore, "put_bytes", lambda *_, **__: True)
    assert "replaces" in (vault.probe() or "")


def test_the_doctor_does_not_wait_for_a_store_that_never_answers(
    tmp_path: Path, bucket: Bucket, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither does it wait in a place where Ctrl-C is not heard."""
    monkeypatch.setattr(doctor, "STORE_CHECK_S", 0.5)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        endpoint = f"http://127.0.0.1:{silent.getsockname()[1]}"
        check = doctor._object_vault(Settings(home=tmp_path, vault_url=bucket.url, vault_endpoint=endpoint))
    assert check.state == "bad" and check.message == f"{bucket.url} does not answer within 0.5 s"


async def test_without_the_extra_it_says_what_to_install(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    vault = machine("one")
    monkeypatch.setitem(sys.modules, "obstore", None)
    with pytest.raises(ToolMissing, check=has_code("extra_missing")) as missing:
        await put(vault, b"a take")
    assert "objects" in str(missing.value) and missing.value.actions[0].kind == "install"
