from __future__ import annotations

import re

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from licmatch.catalog.compile import shared_roots
from licmatch.catalog.load import catalog_files, read_sources
from licmatch.catalog.records import Signature
from licmatch.signatures import TRACE_KINDS, KeyServers, TraceSignatures
from licmatch.signatures.literals import sure_literals
from licmatch.signatures.text import bare, joined, signature_text, spelt_out, squeezed

SIGNATURES = read_sources(catalog_files(shared_roots())).signatures
COMPILED = TraceSignatures(SIGNATURES)
REGEXES = [pattern for one in SIGNATURES if one.match == "regex" for pattern in one.patterns]
EXAMPLES = [(one, text) for one in SIGNATURES for text in one.examples]
ANY_TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=60)
LIKELY = st.text("kmspico auto破解版激活工具注册机._-/\\:=()1 0", max_size=40)


@given(st.sampled_from(REGEXES).flatmap(lambda pattern: st.tuples(st.just(pattern), st.from_regex(re.compile(pattern, re.IGNORECASE)))))
def test_every_match_of_a_pattern_holds_its_sure_letters(told: tuple[str, str]) -> None:
    pattern, text = told
    literals = sure_literals(pattern)
    if literals:
        # Python folds a few letters of other scripts (the Kelvin sign) into Latin ones; texts are NFKC long before.
        assert any(literal in signature_text(pl.Series([text]))[0] or literal in text.lower() for literal in literals) or not text.isascii()


@settings(max_examples=25)
@given(st.lists(st.tuples(st.sampled_from(TRACE_KINDS), ANY_TEXT | LIKELY), max_size=8))
def test_any_trace_is_read_and_alone_as_among_others(rows: list[tuple[str, str]]) -> None:
    traces = pl.DataFrame(rows, schema={"kind": pl.String, "value": pl.String}, orient="row")
    together = set(COMPILED.hits(traces).select("row", "signature_id").iter_rows())
    alone = {(row, found) for row in range(len(rows)) for found in COMPILED.hits(traces[row])["signature_id"]}
    assert together == alone


@given(st.sampled_from(EXAMPLES), st.sampled_from(["\u200b", "\u2060", "\ufeff"]), st.data())
def test_characters_nobody_sees_change_nothing(told: tuple[Signature, str], hidden: str, data: st.DataObject) -> None:
    one, text = told
    at = data.draw(st.integers(0, len(text)))
    traces = pl.DataFrame({"kind": [one.evidence] * 2, "value": [text, text[:at] + hidden + text[at:]]})
    found = COMPILED.hits(traces)
    plain, written = (set(found.filter(pl.col("row") == row)["signature_id"]) for row in (0, 1))
    assert plain == written


@given(st.lists(ANY_TEXT | LIKELY, max_size=8))
def test_words_are_met_at_their_boundaries_only(texts: list[str]) -> None:
    """The compiled word is the slow definition: no Latin letter or digit on either side."""
    one = Signature("w", "t", "t", "activator", "service", "word", ("kms",), 0.9, ("kms",), ())
    plain = signature_text(pl.Series(texts, dtype=pl.String)).to_list()
    slow = {
        row
        for row, text in enumerate(plain)
        for at in range(len(text))
        if text[at : at + 3] == "kms"
        and not re.match("[0-9a-z]", text[at - 1 : at] if at else "")
        and not re.match("[0-9a-z]", text[at + 3 : at + 4])
    }
    found = set(TraceSignatures([one]).hits(pl.DataFrame({"kind": ["service"] * len(texts), "value": texts}))["row"])
    put_together = set(spelt_out(pl.Series(plain, dtype=pl.String)).to_list())
    assert found - put_together == slow - put_together
    assert slow <= found


@given(ANY_TEXT | LIKELY)
def test_names_put_together_keep_their_letters(text: str) -> None:
    plain = signature_text(pl.Series([text]))[0]
    assert all(squeezed(one) == squeezed(plain) for one in joined(plain))
    assert set(bare(pl.Series([plain]))[0]) <= set(plain) | {" "}


@given(st.lists(ANY_TEXT | st.ip_addresses().map(str) | st.from_regex(r"[a-z0-9.:\[\]%-]{0,30}", fullmatch=True), max_size=6))
def test_every_host_has_a_class(hosts: list[str]) -> None:
    told = KeyServers.load().classify(pl.Series(hosts, dtype=pl.String)).to_list()
    assert len(told) == len(hosts)
    assert all(one in (None, "azure", "loopback", "placeholder", "public_server", "private", "public") for one in told)
