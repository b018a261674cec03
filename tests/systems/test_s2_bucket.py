"""Files of a bucket (S2): addresses that lead to it and end, its CORS, and CloudFront before it."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit

import boto3
import httpx2
import pytest
from botocore.signers import CloudFrontSigner
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256

from buckets import BUCKET, CREDENTIALS, SECRET, Bucket, open_bucket
from client.proxy import Proxy
from reelwright.errors import BadInput
from reelwright.net import cloudfront
from reelwright.planner import flavors
from reelwright.server.policy import BUCKET_ADDRESS_S
from reelwright.settings import Settings, load_settings
from reelwright.units import Micros
from server.browser import PROGRAM, open_browser
from server.conftest import APPROVING, open_server
from server.test_dialects import draw_picture, get
from server.test_links import KEYS, add_client, make_clip, make_link
from studio.worlds import AT_ONCE, world
from studio.worlds import KEYS as VARIABLES
from systems.content_network import open_network, presign

RICH: Final = replace(APPROVING, auto_approve=Micros(20_000_000))
CORS: Final = Path(__file__).parents[2] / "deploy" / "aws" / "cors.json"
KEY_ID: Final = "K2JCJMDEHXQW5F"
NETWORK: Final = "https://d111111abcdef8.cloudfront.net"


@pytest.fixture(scope="module")
def bucket() -> Iterator[Bucket]:
    with open_bucket() as made:
        yield made


@pytest.fixture(scope="module")
def private_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


@pytest.fixture
def there(settings: Settings, bucket: Bucket, tmp_path: Path) -> Settings:
    url = f"{bucket.url}/{tmp_path.name}"
    return replace(settings, vault_url=url, vault_endpoint=bucket.endpoint, downloads="bucket")


def write_pem(key: Any) -> str:
    pem: bytes = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return pem.decode()


def read_query(url: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}


def open_s3(bucket: Bucket) -> Any:
    return boto3.client(
        "s3", endpoint_url=bucket.endpoint, region_name=CREDENTIALS["AWS_REGION"],
        aws_access_key_id=CREDENTIALS["AWS_ACCESS_KEY_ID"], aws_secret_access_key=SECRET,
    )  # fmt: skip


def put_cors(bucket: Bucket) -> Any:
    """Give the bucket the rules of deploy/, and return a client of it."""
    client = open_s3(bucket)
    client.put_bucket_cors(Bucket=BUCKET, CORSConfiguration=json.loads(CORS.read_text()))
    return client


async def check_leads(client: httpx2.AsyncClient, url: str, mime: str, begins: str) -> tuple[str, bytes]:
    """An address of the server answers with one of ``begins``, which works whole, in parts and for HEAD."""
    answer = await client.get(url)
    assert answer.status_code == 307 and answer.headers["cache-control"] == "no-store", answer.text
    assert answer.headers["referrer-policy"] == "no-referrer" and not answer.content
    place = answer.headers["location"]
    assert place.startswith(f"{begins}/")
    async with httpx2.AsyncClient(timeout=30) as anyone:
        whole = await anyone.get(place)
        assert (whole.status_code, whole.headers["content-type"]) == (200, mime)
        name = urlsplit(url).path.rpartition("/")[2]
        assert whole.headers["content-disposition"].startswith('attachment; filename="')
        assert name == "0" or name in whole.headers["content-disposition"] or name.endswith(".mp4")
        part = await anyone.get(url, headers={**client.headers, "Range": "bytes=4-7"}, follow_redirects=True)
        assert (part.status_code, part.content) == (206, whole.content[4:8])
        head = await anyone.head(url, headers=dict(client.headers), follow_redirects=True)
        assert head.headers["content-length"] == str(len(whole.content)), "its type the fake does not say"
    return place, whole.content


def check_presigned(place: str, method: str = "GET", most_s: int = BUCKET_ADDRESS_S) -> None:
    """Amazon's own library signs the same address the same way."""
    query = read_query(place)
    assert 0 < int(query["X-Amz-Expires"]) <= most_s and SECRET not in place
    plain = place.partition("&X-Amz-Algorithm=")[0]
    again = read_query(presign(plain, method, int(query["X-Amz-Expires"]), query["X-Amz-Date"]))
    assert query["X-Amz-Signature"] == again["X-Amz-Signature"]


async def test_s2_42_the_addresses_of_a_film_and_its_stills_lead_to_the_bucket(
    there: Settings, bucket: Bucket, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = there.home / "flavors" / "small"
    folder.mkdir(parents=True)
    ads = (Path(flavors.__file__).parent / "ads" / "pipeline_params.yaml").read_text()
    (folder / "pipeline_params.yaml").write_text(ads.replace("[30, 1]", "[5, 1]").replace('"16:9"', '"1:1"'))
    used = dict.fromkeys(("openrouter", "replicate"), AT_ONCE)
    for name in used:
        monkeypatch.setenv(VARIABLES[name], "sk-or-v1-test")
    with world(there.home, used) as fakes:
        given = replace(there, base_urls=fakes.settings.base_urls)
        async with open_server(given, None, RICH) as server, server.open_client() as client:
            body = {"prompt": "4 second ad for Luna Coffee, morning light", "title": "Luna", "config_flavor": "small",
                    "model": "hailuo_fast"}  # fmt: skip
            made = await client.post("/api/generate", json=body)
            assert made.status_code == 200, made.text
            async with asyncio.timeout(90):
                while (status := await get(client, f"/api/status/{made.json()['video_id']}"))["status"] != "completed":
                    assert status["status"] != "failed", status["error"]
                    await asyncio.sleep(0.1)
            assert status["final_video_url"].startswith(f"{server.url}/links/"), "the server's own is given out"
            place, film = await check_leads(client, status["final_video_url"], "video/mp4", bucket.endpoint)
            check_presigned(place)
            sent = await client.get(f"/api/download/{status['video_id']}")
            assert (sent.status_code, sent.content) == (200, film), "its own download is no address of an answer"
            for url in status["animatic_urls"]:
                place, still = await check_leads(client, url, "image/png", bucket.endpoint)
                check_presigned(place)
                assert still.startswith(b"\x89PNG")
            place, again = await check_leads(
                client, f"{server.url}/api/v1/jobs/{status['video_id']}/files/0", "video/mp4", bucket.endpoint
            )
            check_presigned(place)
            assert again == film
            silent = await client.get(status["stitched_video_url"])
            assert silent.status_code == 200 and len(silent.content) == len(film), "no bucket has it"
            page = {"Sec-Fetch-Site": "same-origin"}
            own = await client.get(f"/api/v1/jobs/{status['video_id']}/files/0", headers=page)
            assert own.status_code == 200, "pages of the server load nothing from elsewhere"


async def test_s2_42_a_link_to_the_bucket_ends_as_links_of_the_server_do(
    there: Settings, bucket: Bucket, proxy: Proxy
) -> None:
    async with open_server(there, proxy, KEYS) as server:
        client, key = await add_client(server, "one")
        async with client, server.open_client() as anyone:
            job = await make_clip(client)
            asset = (await client.post("/api/v1/assets", content=draw_picture())).json()["id"]
            path = await make_link(client, f"assets/{asset}", expires_in=60)
            place, _ = await check_leads(anyone, f"{server.url}{path}", "image/jpeg", bucket.endpoint)
            check_presigned(place, most_s=60)
            head = await anyone.head(path)
            assert head.status_code == 307
            check_presigned(head.headers["location"], "HEAD", most_s=60)
            link = await make_link(client, f"jobs/{job}/files/0")
            assert (await anyone.get(link)).status_code == 307
            assert (await anyone.get(await make_link(client, f"jobs/{job}/archive"))).status_code == 200
            assert (await anyone.get(f"/api/v1/jobs/{job}/files/0")).status_code == 401
            studio = server.deployment.get_studio()
            for times, status in (({"after_download": "1h"}, 200), ({}, 307)):
                await studio.set_retention(**times)
                async with asyncio.timeout(10):  # policies are read at most two seconds late
                    while (await anyone.head(link)).status_code != status:
                        await asyncio.sleep(0.2)
            assert (await client.delete(f"/v1/videos/{job}")).status_code == 200
            gone = await anyone.get(link)
            assert gone.status_code in (404, 410) and "location" not in gone.headers
            await studio.revoke_api_key(key)
            gone = await anyone.get(path)
            assert gone.status_code == 404 and "location" not in gone.headers


def test_s2_42_a_folder_has_no_addresses_of_a_bucket(tmp_path: Path) -> None:
    given = {"REELWRIGHT_HOME": str(tmp_path)}
    assert load_settings(given).downloads == "server"
    for by in ("bucket", "cloudfront"):
        with pytest.raises(BadInput, match=r"REELWRIGHT_DOWNLOADS.*s3://BUCKET/PREFIX") as refused:
            load_settings({**given, "REELWRIGHT_DOWNLOADS": by})
        assert str(tmp_path / "vault") in str(refused.value)
    with pytest.raises(BadInput, match="downloads"):
        load_settings({**given, "REELWRIGHT_VAULT_URL": "gs://films"}, downloads="bucket")
    with pytest.raises(BadInput, match="server, bucket, cloudfront"):
        load_settings({**given, "REELWRIGHT_VAULT_URL": "s3://films"}, downloads="public")


async def test_s2_42_a_server_does_not_start_where_nothing_could_be_signed(settings: Settings, proxy: Proxy) -> None:
    with pytest.raises(BadInput, match="downloads"):
        async with open_server(replace(settings, downloads="bucket"), proxy):
            pass
    apart = replace(settings, vault_url="s3://films", downloads="cloudfront", downloads_url=NETWORK)
    with pytest.raises(BadInput, match="downloads_key_id"):
        async with open_server(apart, proxy):
            pass
    with pytest.raises(BadInput, match=cloudfront.VARIABLE):
        async with open_server(replace(apart, downloads_key_id=KEY_ID), proxy):
            pass


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_s2_43_a_browser_may_read_the_bucket_with_the_rules_of_deploy(bucket: Bucket, method: str) -> None:
    client = put_cors(bucket)
    (rule,) = client.get_bucket_cors(Bucket=BUCKET)["CORSRules"]
    assert rule["AllowedMethods"] == ["GET", "HEAD"], "nobody writes from a page"
    client.put_object(Bucket=BUCKET, Key="studio/one", Body=b"0123456789")
    place = presign(f"{bucket.endpoint}/{BUCKET}/studio/one", method, 60)
    for origin in ("https://studio.example", "null"):  # null: of a page elsewhere, after the server's redirect
        wanted = {"Origin": origin, "Access-Control-Request-Method": method,
                  "Access-Control-Request-Headers": "range"}  # fmt: skip
        asked = httpx2.request("OPTIONS", place, headers=wanted)
        assert asked.status_code == 200 and asked.headers["access-control-allow-origin"] in ("*", origin)
        assert method in asked.headers["access-control-allow-methods"]
        assert asked.headers["access-control-allow-headers"].lower() in ("*", "range")
        found = httpx2.request(method, place, headers={"Origin": origin, "Range": "bytes=0-3"})
        assert found.status_code == 206
        if method == "GET":  # the fake sends no rules with the answer to HEAD
            assert found.headers["access-control-allow-origin"] in ("*", origin)
            assert "content-range" in found.headers["access-control-expose-headers"].lower()


@pytest.mark.skipif(PROGRAM is None, reason="no Chromium")
async def test_s2_43_the_page_of_another_site_reads_a_film_from_the_bucket(
    there: Settings, bucket: Bucket, proxy: Proxy, tmp_path: Path
) -> None:
    site = ThreadingHTTPServer(("127.0.0.1", 0), partial(SimpleHTTPRequestHandler, directory=str(tmp_path)))
    (tmp_path / "page.html").write_text("<title>front end</title><video></video>")
    threading.Thread(target=site.serve_forever, daemon=True).start()
    origin = f"http://127.0.0.1:{site.server_address[1]}"
    try:
        async with (
            open_server(there, proxy, replace(KEYS, origins=(origin,))) as server,
            open_browser(tmp_path / "profile") as tab,
        ):
            client, _ = await add_client(server, "one")
            async with client:
                job = await make_clip(client)
                link = server.url + await make_link(client, f"jobs/{job}/files/0")
            read = f"""fetch('{link}', {{headers: {{'Range': 'bytes=4-7', 'If-None-Match': 'x'}}}})
                .then(async (answer) => answer.status + await answer.text(), () => 'refused')"""
            await tab.open(f"{origin}/page.html")
            await asyncio.to_thread(open_s3(bucket).delete_bucket_cors, Bucket=BUCKET)
            assert await tab.run(read) == "refused", "without the rules of the bucket"
            put_cors(bucket)
            assert await tab.run(read) == "206ftyp"
            await tab.run(f"document.querySelector('video').src = '{link}'")
            await tab.wait_for(
                "document.querySelector('video').readyState > 0 && !document.querySelector('video').error"
            )
    finally:
        site.shutdown()
        site.server_close()


async def test_s2_43_downloads_lead_to_a_content_network_that_the_server_signs_for(
    there: Settings, bucket: Bucket, proxy: Proxy, private_key: rsa.RSAPrivateKey, caplog: pytest.LogCaptureFixture
) -> None:
    there.home.mkdir(parents=True)
    file = there.home / cloudfront.FILE
    file.write_text(write_pem(private_key))
    file.chmod(0o600)
    with open_network(bucket, private_key.public_key(), KEY_ID) as network:
        given = replace(there, downloads="cloudfront", downloads_url=network.url, downloads_key_id=KEY_ID)
        async with open_server(given, proxy, KEYS) as server:
            client, _ = await add_client(server, "one")
            async with client, server.open_client() as anyone:
                job = await make_clip(client)
                link = await make_link(client, f"jobs/{job}/files/0")
                place, film = await check_leads(anyone, f"{server.url}{link}", "video/mp4", network.url)
                assert f"{there.vault_url.removeprefix(f's3://{BUCKET}')}/" in place and "X-Amz" not in place
                own = await client.get(f"/api/download/{job}")
                assert own.content == film
                assert not network.refused
                for wrong in (place.replace(job, "x"), place.replace("Expires=", "Expires=1"),
                              place.partition("&Signature")[0] + "&Signature=x&Key-Pair-Id=x"):  # fmt: skip
                    assert (await anyone.get(wrong)).status_code == 403, wrong
                await client.delete("/api/v1/links")
                assert (await anyone.get(link)).status_code == 404
    assert "PRIVATE KEY" not in caplog.text and "Signature=" not in caplog.text


def test_s2_43_an_address_of_the_network_is_the_one_that_amazons_library_signs(
    tmp_path: Path, private_key: rsa.RSAPrivateKey
) -> None:
    given = Settings(home=tmp_path, downloads_url=NETWORK, downloads_key_id=KEY_ID)
    signer = cloudfront.load_cloudfront_signer(given, {cloudfront.VARIABLE: write_pem(private_key)})
    query = {"response-content-disposition": 'attachment; filename="a b.mp4"', "response-content-type": "video/mp4"}
    found = signer.sign_address("studio/local/ab/cd", query, 1_900_000_000)
    plain, _, rest = found.partition("&Expires=")
    theirs = CloudFrontSigner(KEY_ID, lambda text: private_key.sign(text, padding.PKCS1v15(), SHA256()))
    policy = theirs.build_policy(plain, date_less_than=datetime.fromtimestamp(1_900_000_000, UTC))
    signature = theirs._url_b64encode(theirs.rsa_signer(policy.encode())).decode()
    assert rest == f"1900000000&Signature={signature}&Key-Pair-Id={KEY_ID}&Hash-Algorithm=SHA256"
    assert plain.startswith(f"{NETWORK}/studio/local/ab/cd?response-content-disposition=attachment%3B%20filename")
    assert "PRIVATE" not in repr(signer)


@pytest.mark.parametrize(
    ("name", "value", "accepted"),
    [("DOWNLOADS_URL", "http://d1.cloudfront.net", "https"), ("DOWNLOADS_URL", "d1.cloudfront.net", "https"),
     ("DOWNLOADS_URL", "https://d1.cloudfront.net/?a=1", "query"), ("DOWNLOADS_URL", "", "https address"),
     ("DOWNLOADS_KEY_ID", "", "public key"), ("DOWNLOADS_KEY_ID", "k 1", "public key"),
     ("DOWNLOADS_KEY_ID", "arn:aws:iam::1:x", "public key")],
)  # fmt: skip
def test_s2_43_a_wrong_address_of_the_network_is_refused_by_name(
    tmp_path: Path, name: str, value: str, accepted: str
) -> None:
    right = {"HOME": str(tmp_path), "VAULT_URL": "s3://films", "DOWNLOADS": "cloudfront", "DOWNLOADS_URL": NETWORK,
             "DOWNLOADS_KEY_ID": KEY_ID}  # fmt: skip
    assert load_settings({f"REELWRIGHT_{one}": text for one, text in right.items()}).downloads_url == NETWORK
    wrong = {f"REELWRIGHT_{one}": text for one, text in {**right, name: value}.items()}
    with pytest.raises(BadInput, match=accepted) as refused:
        load_settings(wrong)
    assert name.lower() in str(refused.value).lower() and value in str(refused.value)
    with pytest.raises(BadInput, match="unless downloads is cloudfront"):
        load_settings({f"REELWRIGHT_{one}": text for one, text in {**right, "DOWNLOADS": "bucket"}.items()})


@pytest.mark.parametrize("kind", ["public", "short", "curve", "text"])
def test_s2_43_another_kind_of_key_is_refused_and_never_shown(
    tmp_path: Path, private_key: rsa.RSAPrivateKey, kind: str
) -> None:
    public = private_key.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    pem = {
        "public": public.decode(), "short": write_pem(rsa.generate_private_key(public_exponent=65537, key_size=1024)),
        "curve": write_pem(ec.generate_private_key(ec.SECP256R1())), "text": "not a key at all " * 9,
    }[kind]  # fmt: skip
    given = Settings(home=tmp_path, downloads_url=NETWORK, downloads_key_id=KEY_ID)
    with pytest.raises(BadInput, match="RSA key of 2048 bits") as refused:
        cloudfront.load_cloudfront_signer(given, {cloudfront.VARIABLE: pem})
    assert pem[-60:-30] not in str(refused.value)
    (tmp_path / cloudfront.FILE).write_text(write_pem(private_key))
    (tmp_path / cloudfront.FILE).chmod(0o644)
    with pytest.raises(BadInput, match=r"downloads\.pem"):
        cloudfront.load_cloudfront_signer(given, {})
