"""What kind of licence a lot is, and whether its papers are complete: asked once for each distinct wording."""

from __future__ import annotations

from collections.abc import Sequence

from licmatch.licences.rights import Rights


def licence_kind(metric: str, channel: str | None, agreement: bool, rights: Rights) -> str:
    """Return the kind of licence that the cells of a lot tell.

    >>> from licmatch.licences.rights import load_rights
    >>> licence_kind("device", None, True, load_rights()), licence_kind("device", "purchased", False, load_rights())
    ('volume', 'purchased')
    """
    for one in rights.kinds:
        fits = (not one.channels or channel in one.channels) and (not one.metrics or metric in one.metrics)
        if fits and (agreement or not one.agreement):
            return one.id
    return "purchased"


def documents(text: str | None, rights: Rights) -> frozenset[str]:
    """Return the kinds of document that a cell of names tells.

    >>> from licmatch.licences.rights import load_rights
    >>> sorted(documents("采购合同; 软件授权书; 发票", load_rights()))
    ['authorisation', 'contract', 'invoice', 'order']
    """
    low = (text or "").casefold()
    return frozenset(one.id for one in rights.documents if any(word.casefold() in low for word in one.words))


def missing_proof(
    kind: str, metric: str, said: frozenset[str], filled: frozenset[str], rights: Rights, more: Sequence[str] = ()
) -> tuple[str, ...]:
    """Return what is missing for the proof of a licence, sorted; nothing where it is complete.

    `said`: documents that are there; `filled`: cells of the lot that are not empty; `more`: what a right asks for besides.
    Of several sufficient sets the nearest counts. A kind without a rule is never proved.

    >>> from licmatch.licences.rights import load_rights
    >>> missing_proof("volume", "device", frozenset({"contract", "invoice"}), frozenset(), load_rights())
    ('authorisation',)
    """
    rule = rights.proofs.get(kind)
    if rule is None:
        return ("kind_of_licence",)
    lacking = min((sorted(set(each) - said) for each in rule.sets), key=lambda each: (len(each), each))
    metric_asks = rights.metrics[metric].more if metric in rights.metrics else ()
    besides = {one for one in (*more, *metric_asks) if one not in said}
    return tuple(sorted({*lacking, *besides, *(cell for cell in rule.cells if cell not in filled)}))
