"""A signed file or folder is what was signed, or it is refused; what is allowed without a signature is said by who asks."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest

from licmatch import CatalogError, Engine, UsageError, load_plugins
from licmatch.signing import Trust, new_key, packs, read_keys, sign_pack, signature_of, trust, verify_pack
from licmatch.signing.minisign import PublicKey, sign
from licmatch.signing.secret_key import SecretKey

KEY, OTHER = new_key(), new_key()
TRUST = Trust((KEY.public,), required=True)


def site_pack(path: Path, *names: str) -> Path:
    products = [{"id": f"p{at}", "name": name} for at, name in enumerate(names or ("Ledger Hall",))]
    path.write_text(json.dumps({"licmatch_pack": 1, "products": products}), encoding="utf-8")
    return path


@pytest.fixture
def folder(tmp_path) -> Path:
    made = tmp_path / "ours"
    (made / "more").mkdir(parents=True)
    (made / "a.toml").write_text("schema = 1\n[[override]]\n", encoding="utf-8")
    (made / "more" / "b.tsv").write_text("raw\n", encoding="utf-8")
    return made


def test_a_file_is_signed_beside_itself_with_its_hash_in_the_trusted_comment(tmp_path):
    pack = site_pack(tmp_path / "p.json")
    assert sign_pack(pack, KEY) == tmp_path / "p.json.minisig" == signature_of(pack)
    held = verify_pack(pack, TRUST)
    assert held.key == KEY.public
    assert held.sha256 == hashlib.sha256(pack.read_bytes()).hexdigest()
    assert held.trusted_comment == f"file:p.json\tsha256:{held.sha256}"
    first = signature_of(pack).read_bytes()
    sign_pack(pack, KEY)
    assert signature_of(pack).read_bytes() == first


def test_a_folder_is_signed_by_the_list_of_its_files(folder):
    sign_pack(folder, KEY, comment="release 3")
    lines = (folder / "pack.sha256").read_text(encoding="utf-8").splitlines()
    assert [line.split("  ")[1] for line in lines] == ["a.toml", "more/b.tsv"]
    assert verify_pack(folder, TRUST).trusted_comment == "release 3"


@pytest.mark.parametrize(
    ("change", "what"),
    [
        (lambda folder: (folder / "a.toml").write_text("schema = 2\n"), "a.toml: was changed"),
        (lambda folder: (folder / "c.toml").write_text("schema = 1\n"), "c.toml: is not in the signed list"),
        (lambda folder: (folder / "more" / "b.tsv").unlink(), "more/b.tsv: is in the signed list and not there"),
        (lambda folder: (folder / "more" / "b.tsv").rename(folder / "b.tsv"), "b.tsv: is not in the signed list"),
        (lambda folder: (folder / "pack.sha256").unlink(), "pack.sha256 is missing"),
        (lambda folder: (folder / "pack.sha256").write_text("x"), "does not hold"),
        (lambda folder: (folder / "pack.sha256.minisig").unlink(), "is not signed"),
        (lambda folder: (folder / "l.toml").symlink_to(folder / "a.toml"), "is a link"),
    ],
)
def test_nothing_in_a_signed_folder_can_be_changed_added_or_taken_away(folder, change, what):
    sign_pack(folder, KEY)
    change(folder)
    with pytest.raises(CatalogError, match=what):
        verify_pack(folder, TRUST)


def test_who_signed_must_be_trusted_whether_or_not_a_signature_is_asked_for(tmp_path):
    pack = site_pack(tmp_path / "p.json")
    sign_pack(pack, OTHER)
    for required in (True, False):
        with pytest.raises(CatalogError, match="which is not trusted"):
            verify_pack(pack, Trust((KEY.public,), required=required))
    assert verify_pack(pack, Trust((KEY.public, OTHER.public))).key == OTHER.public


def test_without_a_signature_only_a_trust_that_asks_for_one_refuses(tmp_path):
    pack = site_pack(tmp_path / "p.json")
    assert verify_pack(pack, Trust((KEY.public,))) is None
    with pytest.raises(CatalogError, match="is not signed"):
        verify_pack(pack, TRUST)


def test_a_signature_of_another_file_does_not_serve(tmp_path):
    one, two = site_pack(tmp_path / "one.json"), site_pack(tmp_path / "two.json", "Other Hall")
    sign_pack(one, KEY)
    signature_of(one).rename(signature_of(two))
    with pytest.raises(CatalogError, match="does not hold"):
        verify_pack(two, TRUST)


def test_a_huge_or_strange_signature_is_refused(tmp_path):
    pack = site_pack(tmp_path / "p.json")
    for raw in (b"x" * 100_000, b"", b"\xff\xfe", b"a\nb\nc\nd\n"):
        signature_of(pack).write_bytes(raw)
        with pytest.raises(CatalogError, match="no signature of minisign"):
            verify_pack(pack, TRUST)


def test_an_engine_refuses_before_it_reads_and_says_who_vouched(tmp_path):
    pack = site_pack(tmp_path / "p.json", "Zhan Ledger Hall")
    plugins = load_plugins()
    with pytest.raises(CatalogError, match="is not signed"):
        Engine.load(catalogs=[pack], plugins=plugins, trust=TRUST)
    sign_pack(pack, KEY)
    engine = Engine.load(catalogs=[pack], plugins=plugins, trust=TRUST)
    assert engine.signed_by == (str(KEY.public),)
    assert engine.versions["signed_by"] == str(KEY.public)
    assert engine.match_name("Zhan Ledger Hall").product_id == "p0"
    assert "signed_by" not in Engine.load(catalogs=[pack], plugins=plugins).versions
    pack.write_bytes(b"no pack at all")
    with pytest.raises(CatalogError, match="does not hold"):
        Engine.load(catalogs=[pack], plugins=plugins, trust=TRUST)


def test_keys_come_as_text_as_a_file_or_as_a_file_of_them(tmp_path):
    assert read_keys(KEY.public.line) == (KEY.public,)
    (tmp_path / "one.pub").write_text(KEY.public.as_file(), encoding="utf-8")
    (tmp_path / "all").write_text(f"# the office\n{KEY.public.line}\n\n# the city\n{OTHER.public.line}\n", encoding="utf-8")
    assert read_keys(tmp_path / "one.pub") == (KEY.public,)
    assert read_keys(str(tmp_path / "all")) == (KEY.public, OTHER.public)
    (tmp_path / "none").write_text("# nothing\n", encoding="utf-8")
    with pytest.raises(CatalogError, match="holds no key"):
        read_keys(tmp_path / "none")
    with pytest.raises(UsageError, match="neither a public key nor a file"):
        read_keys("nowhere.pub")


def test_to_refuse_needs_a_key(tmp_path):
    with pytest.raises(UsageError, match="needs a key that is trusted"):
        Trust.of((), required=True)
    assert Trust.of(()) is None


@pytest.mark.parametrize("name", ["evil.py", "evil.pth", "evil.pyc", "__init__.py", "conftest.py", "evil.so", "evil.pkl"])
def test_no_code_in_a_pack_ever_runs(tmp_path, name, monkeypatch):
    """A pack is TOML, TSV or JSON. Code beside it is not looked at, and a path that is code is no catalog."""
    folder = tmp_path / "pack"
    folder.mkdir()
    mark = tmp_path / "ran"
    code = f"open({str(mark)!r}, 'w')\n" if not name.endswith(".pkl") else f"cbuiltins\nopen\n(V{mark}\nVw\ntR."
    (folder / name).write_text(code, encoding="utf-8")
    override = ('id = "x-1"', 'names = ["ledger hall"]', 'answer = "ignore"', 'owner = "us"', 'reason = "ours"', "until = 2027-01-01")
    (folder / "site.toml").write_text("\n".join(("schema = 1", "[[override]]", *override)), encoding="utf-8")
    monkeypatch.setenv("LICMATCH_CACHE", str(tmp_path / "cache"))
    assert Engine.load(catalogs=[folder]).acting_overrides[0].id == "x-1"
    with pytest.raises(UsageError, match="is no catalog"):
        Engine.load(catalogs=[folder / name])
    assert not mark.exists()


def test_what_a_pack_says_is_data_and_stays_data(tmp_path):
    pack = site_pack(tmp_path / "p.json", "__import__('os').system('touch ran')", "{0.__class__}", "$(touch ran)")
    engine = Engine.load(catalogs=[pack])
    assert engine.match_name("$(touch ran)").name == "$(touch ran)"
    assert not (Path.cwd() / "ran").exists()


def test_of_trusted_keys_with_one_number_the_one_that_signed_is_told(tmp_path):
    """Nobody can keep another's key from bearing the same number: each is tried, and one that did not sign vouches for nothing."""
    twin = SecretKey(PublicKey(KEY.public.id, OTHER.public.key), OTHER._seed)
    pack = site_pack(tmp_path / "p.json")
    sign_pack(pack, KEY)
    for keys in ((KEY.public, twin.public), (twin.public, KEY.public)):
        assert verify_pack(pack, Trust(keys)).key == KEY.public
    with pytest.raises(CatalogError, match="does not hold"):
        verify_pack(pack, Trust((twin.public, twin.public)))


def test_what_cannot_be_signed_is_said(tmp_path, folder, monkeypatch):
    with pytest.raises(UsageError, match="does not exist"):
        sign_pack(tmp_path / "none.json", KEY)
    (tmp_path / "empty").mkdir()
    with pytest.raises(CatalogError, match="holds no file"):
        sign_pack(tmp_path / "empty", KEY)
    (folder / "two\nlines.toml").write_text("schema = 1\n", encoding="utf-8")
    with pytest.raises(CatalogError, match="cannot stand in a list"):
        sign_pack(folder, KEY)
    (folder / "two\nlines.toml").unlink()
    monkeypatch.setattr(packs, "MAX_FILES", 1)
    with pytest.raises(CatalogError, match="holds more than 1 files"):
        sign_pack(folder, KEY)
    monkeypatch.setattr(packs, "MAX_FILE", 8)
    with pytest.raises(CatalogError, match="larger than 8 bytes"):
        sign_pack(site_pack(tmp_path / "p.json"), KEY)


@pytest.mark.parametrize("content", [b"\xff\xfe", b"no list\n"])
def test_a_signed_list_that_is_none_vouches_for_nothing(folder, content):
    sign_pack(folder, KEY)
    (folder / "pack.sha256").write_bytes(content)
    signature_of(folder).write_text(sign(content, KEY, "x").as_file(), encoding="utf-8")
    with pytest.raises(CatalogError, match="is no list of files"):
        verify_pack(folder, TRUST)


def test_a_file_of_keys_has_the_size_and_the_letters_of_one(tmp_path):
    (tmp_path / "large").write_bytes(b"#" * (trust.MAX_BYTES + 1))
    with pytest.raises(CatalogError, match="no file of keys"):
        read_keys(tmp_path / "large")
    (tmp_path / "strange").write_bytes(b"\xff\xfe")
    with pytest.raises(CatalogError, match="it is not UTF-8"):
        read_keys(tmp_path / "strange")
    with pytest.raises(UsageError, match="neither a public key nor a file"):
        read_keys("RX" + "x" * 5000)
