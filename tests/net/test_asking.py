"""What is asked all the time is put into words by ourselves, and is what the HTTP library would have written."""

from __future__ import annotations

from hypothesis import example, given
from hypothesis import strategies as st

from reelwright.net.address import is_plain, parse_url
from reelwright.net.http_request import build_request

HEADERS = {"user-agent": "reelwright/1", "accept": "*/*", "authorization": "Bearer paper"}
HOSTS = st.sampled_from(
    ["http://127.0.0.1:4000", "https://api.example.com", "https://api.example.com:443", "http://[::1]:80",
     "https://[2001:db8::1]:8443", "http://LOCALHOST"]
)  # fmt: skip
PARTS = st.text("abcXYZ019-_.~:@/?&=%+;,!$'()*[]", max_size=30)


@given(HOSTS, PARTS)
@example("https://api.example.com", "v1/a.b:c@d~_-/?x=1&y=a.b")
@example("https://api.example.com", "")
@example("https://api.example.com", "a/../b")
@example("https://api.example.com", "./b")
@example("https://api.example.com", "a//b")
@example("https://api.example.com", "a%2fb")
@example("https://api.example.com", "a?")
def test_a_plain_question_is_written_as_any_other(host: str, rest: str) -> None:
    at = parse_url(f"{host}/{rest}")
    ours, theirs = build_request("GET", at, HEADERS), build_request("GET", at, HEADERS, params={})
    assert (ours.target, ours.headers, ours.body) == (theirs.target, theirs.headers, theirs.body)


@given(HOSTS, PARTS)
def test_a_plain_path_of_a_known_host_is_the_place_that_its_url_names(host: str, rest: str) -> None:
    home = parse_url(host)
    known = home.replace_target(f"/{rest}")
    assert known is None or known == parse_url(f"{home.base_url}/{rest}")


def test_what_readers_of_urls_may_see_differently_is_not_plain() -> None:
    assert is_plain("/") and is_plain("/api/v1/videos/gen-vid-1_a~b?index=0") and is_plain("/v1/models/veo:fetch")
    for path in ("", "a", "//a", "/a//b", "/../a", "/a/.", "/a%2e", "/a b", "/a#b", "/a?", "/a\\b", "/ü", "/a;b"):
        assert not is_plain(path), path
