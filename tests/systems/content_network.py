"""A content network before a bucket, as CloudFront is one: it serves what is signed, and reads the bucket itself."""

from __future__ import annotations

import base64
import json
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs

from botocore.auth import S3SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256

from buckets import BUCKET, CREDENTIALS, Bucket

_FROM_URL = bytes.maketrans(b"-_~", b"+=/")


@dataclass
class ContentNetwork:
    """``url``: where it serves the root of the bucket. ``refused``: addresses that it did not serve."""

    url: str
    refused: list[str] = field(default_factory=list)


def presign(url: str, method: str, life_s: int, at: str = "") -> str:
    """Presign an address of the bucket by Amazon's own library. ``at``: as ``20261128T023339Z``; empty: now."""
    keys = Credentials(CREDENTIALS["AWS_ACCESS_KEY_ID"], CREDENTIALS["AWS_SECRET_ACCESS_KEY"])
    auth, request = _At(keys, "s3", CREDENTIALS["AWS_REGION"], expires=life_s), AWSRequest(method, url)
    auth.at = at
    auth.add_auth(request)
    return str(request.url)


class _At(S3SigV4QueryAuth):  # type: ignore[misc]
    """A signature of another moment."""

    at = ""

    def _modify_request_before_signing(self, request: Any) -> None:
        if self.at:
            request.context["timestamp"] = self.at
        super()._modify_request_before_signing(request)


@contextmanager
def open_network(bucket: Bucket, key: rsa.RSAPublicKey, key_id: str) -> Iterator[ContentNetwork]:
    """Serve the bucket's files to whoever has an address that the private half of ``key`` signed."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_HEAD(self) -> None:
            self.do_GET()

        def do_GET(self) -> None:
            path, _, query = self.path.partition("?")
            plain, _, signature = query.partition("&Expires=")
            if not _is_signed(f"{network.url}{path}?{plain}", f"Expires={signature}", key, key_id):
                network.refused.append(self.path)
                return self._answer(403, {}, b"")
            source = presign(f"{bucket.endpoint}/{BUCKET}{path}?{plain}", self.command, 60)
            sent = {name: value for name in ("Range", "Origin") if (value := self.headers.get(name))}
            asked = urllib.request.Request(source, headers=sent, method=self.command)
            try:
                with urllib.request.urlopen(asked, timeout=10) as answer:
                    return self._answer(answer.status, dict(answer.headers), answer.read())
            except urllib.error.HTTPError as error:
                return self._answer(error.code, {}, b"")

        def _answer(self, status: int, headers: dict[str, str], content: bytes) -> None:
            self.send_response(status)
            for name, value in headers.items():
                if name.lower().startswith(("content-", "accept-", "etag", "access-")):
                    self.send_header(name, value)
            if not any(name.lower() == "content-length" for name in headers):
                self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    network = ContentNetwork(f"http://127.0.0.1:{server.server_address[1]}")
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield network
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _is_signed(resource: str, query: str, key: rsa.RSAPublicKey, key_id: str) -> bool:
    """Whether the canned policy of a URL has a signature of the key, and has not ended."""
    given = {name: values[0] for name, values in parse_qs(query).items()}
    if given.get("Key-Pair-Id") != key_id or given.get("Hash-Algorithm") != "SHA256":
        return False
    ends_at = int(given["Expires"])
    limit = {"DateLessThan": {"AWS:EpochTime": ends_at}}
    policy = json.dumps({"Statement": [{"Resource": resource, "Condition": limit}]}, separators=(",", ":"))
    signature = base64.b64decode(given["Signature"].encode().translate(_FROM_URL))
    try:
        key.verify(signature, policy.encode(), padding.PKCS1v15(), SHA256())
    except InvalidSignature:
        return False
    return ends_at > time.time()
