"""``CloudFrontSigner``: signs URLs of CloudFront, each of which opens one file until its end.

The signature of a bucket is worth nothing at CloudFront: it reads the bucket with rights of its own, and asks for a
signature by a key pair whose public half it was given.
"""

from __future__ import annotations

import base64
import json
import warnings
from collections.abc import Mapping
from typing import Final, NoReturn
from urllib.parse import quote, urlencode

from joserfc.errors import JoseError, SecurityWarning
from joserfc.jwk import RSAKey
from joserfc.jws import JWSRegistry

from reelwright.errors import BadInput
from reelwright.net.keys import HIDDEN, read_private_file
from reelwright.net.redact import remember_secret
from reelwright.settings import Settings

VARIABLE: Final = "REELWRIGHT_DOWNLOADS_KEY"
"""The variable with the private key as PEM, in place of the file."""
FILE: Final = "downloads.pem"
"""The file of the home with the private key."""
_BITS: Final = 2048
_TO_URL: Final = bytes.maketrans(b"+=/", b"-_~")
"""CloudFront's own characters in place of those of base64 that mean something in a URL."""


class CloudFrontSigner:
    """Signs URLs below ``url`` by the RSA key whose public half CloudFront knows as ``key_id``.

    Its repr shows no key.
    """

    __slots__ = ("__key", "key_id", "url")

    def __init__(self, url: str, key_id: str, pem: str, source: str) -> None:
        """Create a signer by a private key found in ``source``. Raises ``BadInput``, which never shows the text."""
        self.url, self.key_id = url, key_id
        try:
            with warnings.catch_warnings(action="ignore", category=SecurityWarning):  # a short key is refused here
                self.__key = RSAKey.import_key(pem)
            is_right = self.__key.is_private and self.__key.raw_value.key_size == _BITS
        except (JoseError, ValueError, TypeError):
            is_right = False
        if not is_right:
            raise BadInput(source, HIDDEN, _name_accepted(source))
        remember_secret(pem)

    def __repr__(self) -> str:
        return f"CloudFrontSigner({self.url}, {self.key_id})"

    def __reduce__(self) -> NoReturn:
        raise TypeError("a key is not written down")

    def sign_address(self, path: str, query: Mapping[str, str], ends_at: int) -> str:
        """Return the signed URL of the object ``path``, for GET and HEAD.

        ``query``: parameters for the bucket, see ``ObjectStore.sign_address``. ``ends_at``: in seconds since 1970.
        """
        plain = f"{self.url}/{quote(path)}?{urlencode(query, quote_via=quote)}"
        limit = {"DateLessThan": {"AWS:EpochTime": ends_at}}
        policy = json.dumps({"Statement": [{"Resource": plain, "Condition": limit}]}, separators=(",", ":"))
        signature = JWSRegistry.algorithms["RS256"].sign(policy.encode(), self.__key)
        text = base64.b64encode(signature).translate(_TO_URL).decode()
        return f"{plain}&Expires={ends_at}&Signature={text}&Key-Pair-Id={self.key_id}&Hash-Algorithm=SHA256"


def load_cloudfront_signer(settings: Settings, environ: Mapping[str, str]) -> CloudFrontSigner:
    """Load the private key from ``REELWRIGHT_DOWNLOADS_KEY``, else from ``downloads.pem`` in the home.

    Raises ``BadInput`` if there is none, for a file that other users may read, and for another kind of key.
    """
    pem, source = environ.get(VARIABLE, "").strip(), VARIABLE
    if not pem:
        file = settings.home / FILE
        content, source = read_private_file(file), str(file)
        if content is None:
            raise BadInput(VARIABLE, "", _name_accepted(source), hint="downloads is cloudfront")
        pem = content.decode("latin-1")
    return CloudFrontSigner(settings.downloads_url, settings.downloads_key_id, pem, source)


def _name_accepted(source: str) -> str:
    place = "" if source == VARIABLE else f", here or in {VARIABLE}"
    return f"a private RSA key of {_BITS} bits as PEM{place}"
