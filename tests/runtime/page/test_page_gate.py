"""runtime.page.gate"""

import os
import stat
from pathlib import Path

import pytest

from runtime.page import gate
from runtime.page.gate import RefusedError

OWN = gate.own_hosts("127.0.0.1", 8000)


def test_the_token_is_kept_for_the_user_alone(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "page-token"
    token = gate.kept_token(path)
    assert len(token) == 32
    assert gate.kept_token(path) == token
    if os.name == "posix":
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        path.chmod(0o644)  # as a careless copy might be
        assert gate.kept_token(path) == token
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


@pytest.mark.parametrize("text", ["", "short", "x" * 33, "../../../../../../../../../etc/pass"])
def test_what_is_no_token_is_made_anew(tmp_path: Path, text: str) -> None:
    path = tmp_path / "page-token"
    path.write_text(text)
    token = gate.kept_token(path)
    assert token != text
    assert path.read_text().strip() == token


def test_a_token_that_cant_be_kept_still_serves(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    assert len(gate.kept_token(tmp_path / "file" / "page-token")) == 32


def test_only_the_own_address_and_the_own_page_are_answered() -> None:
    gate.check("127.0.0.1:8000", None, OWN)
    gate.check("localhost:8000", "http://localhost:8000", OWN)
    for host in ("127.0.0.1", "127.0.0.1:8001", "evil.example:8000", "localhost.evil.example:8000", ""):
        with pytest.raises(RefusedError, match="own address") as caught:
            gate.check(host, None, OWN)
        assert caught.value.status == 403
    for origin in ("http://evil.example", "null", "", "https://127.0.0.1:8000", "http://127.0.0.1:8001"):
        with pytest.raises(RefusedError, match="itself"):
            gate.check("127.0.0.1:8000", origin, OWN)


def test_a_machine_in_the_network_names_the_address_that_it_called() -> None:
    own = gate.own_hosts("192.168.1.5", 8000)
    gate.check("192.168.1.5:8000", "http://192.168.1.5:8000", own)
    with pytest.raises(RefusedError):
        gate.check("localhost:8000", None, own)


def test_behind_the_token_lies_the_path() -> None:
    assert gate.inside("/secret/", "secret") == ""
    assert gate.inside("/secret/page.css?x=1", "secret") == "page.css"
    for path in ("/", "/secre/", "/secretx/", "/%73ecret/", "/é/", "//secret/"):
        with pytest.raises(RefusedError) as caught:
            gate.inside(path, "secret")
        assert caught.value.status == 404


def test_the_policy_lets_nothing_in_from_elsewhere() -> None:
    policy = gate.policy("abc", connect="ws://h:1")
    assert policy.startswith("default-src 'none'; script-src 'nonce-abc'; style-src 'nonce-abc';")
    assert "connect-src 'self' ws://h:1;" in policy
    assert "unsafe" not in policy
    assert "*" not in policy
    assert gate.new_nonce() != gate.new_nonce()
    assert gate.headers("text/css", 3)["X-Content-Type-Options"] == "nosniff"
