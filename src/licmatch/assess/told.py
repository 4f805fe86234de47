"""The words of the rules and signatures that a result's evidence names, so that a reader of the result needs no catalog."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import polars as pl

from licmatch.assess.hearing import ALLOWED, EXEMPT, REGISTERED
from licmatch.rules import Rule

# What explains a trace although no rule says so: the owner's own facts.
_BY_OWNER = {
    ALLOWED: ("the organisation allows this tool here", "本单位已准许在此设备使用该工具"),
    REGISTERED: ("the host is in the organisation's register", "该主机已登记"),
    EXEMPT: ("the organisation exempts this device", "本单位已将该设备列为例外（测试环境等）"),
}


def told_rules(
    pieces: Iterable[pl.DataFrame], rules: Sequence[Rule], signatures: pl.DataFrame, remarks: Mapping[str, tuple[str, str]]
) -> dict[str, dict[str, str]]:
    """Return title_en, title_zh, and for rules innocent_en and innocent_zh, of every id that the pieces name, sorted by id.

    `remarks`: both titles of what categories may remark, by id. An explanation is named `<id>#<what explains it>`; its title says
    what explains it.
    """
    named = pl.concat([part.select("rule_id") for part in pieces]).to_series().drop_nulls().unique().sort().to_list()
    by_id = {rule.id: rule for rule in rules}
    titles = {row["signature_id"]: (row["title_en"], row["title_zh"]) for row in signatures.iter_rows(named=True)}
    told = {}
    for each in named:
        own, _, explained = each.partition("#")
        rule = by_id.get(own)
        if explained:
            words = {unless.id: (unless.title, unless.title_zh) for unless in rule.unless} if rule else {}
            words = _BY_OWNER | words
            if explained in words:
                told[each] = {"title_en": words[explained][0], "title_zh": words[explained][1]}
        elif rule is not None:
            told[each] = {
                "title_en": rule.title, "title_zh": rule.title_zh, "innocent_en": rule.innocent, "innocent_zh": rule.innocent_zh,
            }  # fmt: skip
        elif own in remarks:
            told[each] = {"title_en": remarks[own][0], "title_zh": remarks[own][1]}
        elif own in titles:
            told[each] = {"title_en": titles[own][0], "title_zh": titles[own][1]}
    return told
