"""minisign's own files hold here, ours hold there, and nothing that was changed holds anywhere."""

from __future__ import annotations

import base64
import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from licmatch import CatalogError, UsageError
from licmatch.signing import PublicKey, Signature, new_key, read_keys, read_secret_key, sign, verify
from licmatch.signing.minisign import LEGACY, PREHASHED
from licmatch.signing.secret_key import SecretKey, _covered, _parameters

VECTORS = Path(__file__).parent / "vectors"
CONTENT = (VECTORS / "pack.toml").read_bytes()
[TEST] = read_keys(VECTORS / "test.pub")


def never() -> str:
    raise AssertionError("no password is asked for an open key")


@pytest.fixture(scope="module")
def key() -> SecretKey:
    return read_secret_key(VECTORS / "test.key", never)


@pytest.mark.parametrize(("name", "algorithm", "comment"), [("legacy", LEGACY, "trusted words"), ("hashed", PREHASHED, "目录 2026")])
def test_signatures_of_minisign_hold(name, algorithm, comment):
    signature = Signature.parse((VECTORS / f"{name}.minisig").read_bytes())
    verify(CONTENT, signature, TEST)
    assert (signature.algorithm, signature.trusted_comment, str(TEST)) == (algorithm, comment, "97CCE7045911F1AC")


@pytest.mark.parametrize(("name", "legacy"), [("legacy", True), ("hashed", False)])
def test_ours_are_the_same_bytes_as_minisigns(key, name, legacy):
    raw = (VECTORS / f"{name}.minisig").read_bytes()
    theirs = Signature.parse(raw)
    ours = sign(CONTENT, key, theirs.trusted_comment, untrusted_comment=theirs.untrusted_comment, legacy=legacy)
    assert ours.as_file().encode() == raw


def test_an_open_key_is_written_as_minisign_writes_it(key):
    assert key.as_file(None).splitlines()[1] == (VECTORS / "test.key").read_text(encoding="utf-8").splitlines()[1]
    assert key.public.as_file() == (VECTORS / "test.pub").read_text(encoding="utf-8")


def test_the_cost_of_a_password_is_minisigns():
    # crypto_pwhash_scryptsalsa208sha256 of libsodium, its two pairs of limits and a small one.
    assert _parameters(33_554_432, 1_073_741_824) == (1 << 20, 1)
    assert _parameters(524_288, 16_777_216) == (1 << 14, 1)
    assert _parameters(1 << 24, 1 << 20) == (1 << 10, 512)


@pytest.mark.slow
def test_a_key_under_a_password_opens_with_it_alone():
    """Takes a GiB of memory and some seconds: that is its purpose."""
    opened = read_secret_key(VECTORS / "locked.key", lambda: "secret")
    assert (opened.public,) == read_keys(VECTORS / "locked.pub")
    with pytest.raises(UsageError, match="password is wrong"):
        read_secret_key(VECTORS / "locked.key", lambda: "Secret")


def test_a_password_covers_and_uncovers():
    body = bytes(range(136))
    covered = _covered(body, "口令", b"s" * 32, 1 << 15, 1 << 20)
    assert covered != body
    assert _covered(covered, "口令", b"s" * 32, 1 << 15, 1 << 20) == body


def test_a_key_file_that_asks_for_too_much_is_refused(tmp_path):
    raw = bytearray(base64.b64decode((VECTORS / "locked.key").read_text(encoding="utf-8").splitlines()[1]))
    raw[46:54] = (1 << 40).to_bytes(8, "little")
    (tmp_path / "k").write_text(f"untrusted comment: x\n{base64.b64encode(raw).decode()}\n")
    with pytest.raises(CatalogError, match="more memory or time"):
        read_secret_key(tmp_path / "k", never)


def test_a_secret_is_never_shown(key):
    assert key._seed.hex() not in repr(key)
    assert repr(key._seed)[2:-1] not in repr(key)


@given(st.integers(0, 10_000), st.integers(1, 255))
def test_no_bit_of_content_signature_or_comment_can_be_changed(place, change):
    raw = bytearray((VECTORS / "hashed.minisig").read_bytes())
    first = raw.index(b"\n") + 1  # the untrusted comment is nobody's promise
    at = first + place % (len(raw) - first - 1)
    raw[at] ^= change
    with pytest.raises(CatalogError):
        verify(CONTENT, Signature.parse(bytes(raw)), TEST)
    content = bytearray(CONTENT)
    content[place % len(content)] ^= change
    with pytest.raises(CatalogError, match="does not hold"):
        verify(bytes(content), Signature.parse((VECTORS / "hashed.minisig").read_bytes()), TEST)


@given(st.binary(max_size=400))
def test_what_is_no_signature_is_an_error_and_nothing_else(raw):
    with pytest.raises(CatalogError):
        Signature.parse(raw)


@pytest.mark.parametrize(
    "text", ["", "RW", "RWSs8RFZBOfMl6gTEhynf", "RWSs8RFZBOfMl6gTEhynf/6QDJds79wBkNGAGAIU4dJ9nmqjgqffdVY!", "UlNTUw=="]
)
def test_what_is_no_key_is_an_error(text):
    with pytest.raises(CatalogError):
        PublicKey.parse(text)


def test_a_signature_of_another_key_with_the_same_number_does_not_hold(key):
    other = SecretKey(PublicKey(TEST.id, new_key().public.key), new_key()._seed)
    with pytest.raises(CatalogError, match="does not hold"):
        verify(CONTENT, sign(CONTENT, other, "x"), TEST)


def test_the_same_content_and_key_give_the_same_bytes(key):
    assert sign(CONTENT, key, "c").as_file() == sign(CONTENT, key, "c").as_file()


def test_a_comment_is_one_line(key):
    with pytest.raises(CatalogError, match="one line"):
        sign(CONTENT, key, "a\ntrusted comment: b")


def test_minisign_accepts_ours(needs_tool, tmp_path):
    minisign = needs_tool("minisign")
    made = new_key()
    (tmp_path / "k.pub").write_text(made.public.as_file(), encoding="utf-8")
    (tmp_path / "pack").write_bytes(CONTENT)
    for legacy in (False, True):
        (tmp_path / "pack.minisig").write_text(sign(CONTENT, made, "目录", legacy=legacy).as_file(), encoding="utf-8")
        ran = subprocess.run([minisign, "-V", "-p", "k.pub", "-m", "pack"], cwd=tmp_path, capture_output=True, text=True, check=False)
        assert (ran.returncode, "目录" in ran.stdout) == (0, True), ran.stderr
