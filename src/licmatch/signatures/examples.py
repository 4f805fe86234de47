"""Every signature shown at work: each example is hit, no counter-example is."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from licmatch.catalog.records import Signature
from licmatch.signatures.compiled import speaks_of_names
from licmatch.signatures.names import NameSignatures
from licmatch.signatures.traces import TraceSignatures


def example_faults(signatures: Sequence[Signature]) -> list[str]:
    """Return the signatures whose examples do not hit them or whose counter-examples do, each read as a trace of its own kind.

    Those that speak of names are asked as names too. Ids that stand twice and missing examples are faults.
    """
    faults = []
    seen: set[str] = set()
    for one in signatures:
        if one.id in seen:
            faults.append(f"{one.id}: this id stands twice")
        seen.add(one.id)
        if not one.examples or not one.counter_examples:
            faults.append(f"{one.id}: needs an example and a counter-example")
    asked = [
        (one, text, expected)
        for one in signatures
        for texts, expected in ((one.examples, True), (tuple(counter.text for counter in one.counter_examples), False))
        for text in texts
    ]
    texts = pl.Series([text for _, text, _ in asked], dtype=pl.String)
    traces = pl.DataFrame({"kind": pl.Series([one.evidence for one, _, _ in asked], dtype=pl.String), "value": texts})
    found = set(TraceSignatures(signatures).hits(traces).select("row", "signature_id").iter_rows())
    named = {(row, hit.signature.id) for row, hits in NameSignatures(signatures).hits(texts).items() for hit in hits}
    for row, (one, text, expected) in enumerate(asked):
        answers = [(row, one.id) in found, *([(row, one.id) in named] if speaks_of_names(one) else [])]
        if expected and not all(answers):
            faults.append(f"{one.id}: its example {text!r} does not hit it")
        if not expected and any(answers):
            faults.append(f"{one.id}: its counter-example {text!r} hits it")
    return faults
