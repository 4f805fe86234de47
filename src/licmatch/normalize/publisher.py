"""Publishers: legal forms and places left out, signing certificates unwrapped; what remains is looked up among the makers."""

from __future__ import annotations

import polars as pl

from licmatch.normalize.name_steps import normalize

# Legal forms and filler of a dozen languages, as normalised tokens. Multi-token forms are written with the padding of tokens.
_LEGAL = (
    "inc",
    "incorporated",
    "corp",
    "corporation",
    "co",
    "company",
    "ltd",
    "limited",
    "llc",
    "lp",
    "llp",
    "plc",
    "gmbh",
    "ag",
    "kg",
    "mbh",
    "sa",
    "s  a",
    "s  a  r  l",
    "sarl",
    "sas",
    "srl",
    "s  r  l",
    "spa",
    "s  p  a",
    "sro",
    "s  r  o",
    "spol  s  r  o",
    "spol",
    "bv",
    "b  v",
    "nv",
    "ab",
    "as",
    "oy",
    "oyj",
    "aps",
    "kft",
    "zrt",
    "doo",
    "d  o  o",
    "ood",
    "ooo",
    "ооо",
    "ао",
    "зао",
    "оао",
    "пао",
    "ao",
    "zao",
    "pty",
    "pte",
    "pvt",
    "kk",
    "k  k",
    "株  式  会  社",
    "有  限  公  司",
    "股  份  有  限  公  司",
    "有  限  责  任  公  司",
    "集  团",
    "公  司",
    "sp  z  o  o",
    "sp  zoo",
    "the",
    "all  rights  reserved",
    "copyright",
)
_LEGAL_KEYS = [f" {form} " for form in sorted(_LEGAL, key=len, reverse=True)]


def normalize_publishers(publishers: pl.Series) -> pl.Series:
    """Return publishers as padded tokens without legal forms and certificate wording; null stays null.

    >>> normalize_publishers(pl.Series(["Qihoo 360 Technology Co. Ltd.", "北京奇虎科技有限公司"])).to_list()
    [' qihoo  360  technology ', ' 北  京  奇  虎  科  技 ']
    """
    plain = publishers.str.replace(r"(?i)^\s*(?:developer id|apple|3rd party mac developer) [a-z ]*application\s*:\s*", "")
    plain = plain.str.replace(r"\s*\([A-Z0-9]{10}\)\s*$", "")
    tokens = normalize(plain).str.replace_all(r" [()] ", "")
    # Twice: two forms side by side ("co  ltd") share no blank, but removing one can bring two halves of a form together.
    for _ in range(2):
        tokens = tokens.str.replace_many(_LEGAL_KEYS, [""] * len(_LEGAL_KEYS), leftmost=True)
    return tokens
