"""Ids and addresses that a provider chose never lead to another path than the one that they stand in."""

from __future__ import annotations

import httpx2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reelwright.errors import NotFound, Unreachable
from reelwright.providers.families.operation_paths import is_plain_path, quote_operation_id
from reelwright.providers.families.veo_wires import GEMINI, PassThroughProxy
from reelwright.reel.records.operation import Operation

BASE = "https://proxy.example/v1/videos"


@given(
    st.one_of(
        st.text(min_size=1), st.lists(st.sampled_from(["..", ".", "/", "%2F", "%2e", "\\", "?x", "#"])).map("".join)
    )
)
def test_an_id_of_any_form_stays_one_part_of_its_path(id_: str) -> None:
    try:
        url = httpx2.URL(f"{BASE}/{quote_operation_id(Operation(id=id_), 'it')}/content")
    except NotFound:
        assert id_ in ("", ".", "..")
        return
    except UnicodeEncodeError:
        return  # half a surrogate pair: it cannot be sent
    path = url.raw_path.decode()
    assert path.startswith("/v1/videos/") and path.endswith("/content") and path.count("/") == 4, path
    assert not url.query and not url.fragment


@pytest.mark.parametrize(
    "path",
    [
        "/v1beta/../../key/info", "/v1beta/files/../../../key/info", "/v1beta/files/%2e%2e/%2E%2E/key",
        "/v1beta/files/a%2F..%2F..%2Fkey", "/v1beta/files/%252e%252e/key", "/v1beta/files/a\\..\\key",
        "/v1beta/key/info", "/key/info", "/v1beta/files", "/v1beta/files/", "/v1beta/files/a/b", "/v1beta/filesx/a",
        "/v1beta/v1/key/info", "/files/a/../b", "",
    ],
)  # fmt: skip
def test_a_film_whose_address_leads_elsewhere_is_not_asked_for_with_the_key_of_the_proxy(path: str) -> None:
    with pytest.raises(Unreachable):
        PassThroughProxy().build_film_url("https://proxy.example", f"https://{GEMINI}{path}")


def test_the_address_of_a_film_is_asked_for_through_the_proxy() -> None:
    url = PassThroughProxy().build_film_url("https://proxy.example", f"https://{GEMINI}/v1beta/files/a.b-1:download")
    assert url == "https://proxy.example/gemini/v1beta/files/a.b-1:download?alt=media"
    assert is_plain_path("files/a..b/...")
