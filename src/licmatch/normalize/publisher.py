"""Publishers: legal forms and places left out, signing certificates unwrapped; what remains is looked up among the makers."""

from __future__ import annotations

from functools import lru_cache

import polars as pl

from licmatch.normalize.name_steps import keys_of, normalize

# Legal forms and filler, as people write them; the normaliser makes tokens of them. What a trade is called (technology, 科技) stays: it
# tells makers apart whose names begin alike, and a maker's name is found in front of it anyway.
_LEGAL = (
    # English, and the Commonwealth
    "inc|incorporated|corp|corporation|co|company|ltd|limited|llc|l l c|lp|llp|plc|pty|pte|pvt|private limited|sdn bhd|bhd",
    "group|holding|holdings",
    # German, Dutch, Nordic
    "gmbh|g m b h|ag|kg|kgaa|mbh|ug|gmbh & co kg|bv|b v|b v b a|bvba|nv|n v|ab|publ|as|a s|aps|oy|oyj|ehf|hf",
    # French, Spanish, Portuguese, Italian
    "sa|s a|sarl|s a r l|sas|s a s|sasu|eurl|s l|s l u|sl|slu|s a u|s c|ltda|lda|s a de c v|srl|s r l|s r l s|spa|s p a|snc",
    # Polish, Czech, Slovak, Hungarian, Romanian, Balkan, Baltic
    "sp z o o|sp zoo|sp z oo|spolka z o o",
    "spółka z o o|sro|s r o|spol s r o|spol|kft|zrt|nyrt|bt|doo|d o o|dd|d d|ood|eood|ead|sia|uab|oü|ou|as",
    # Russian, Ukrainian, Turkish, Vietnamese, Indonesian
    "ооо|ао|зао|оао|пао|ип|тоо|тов|ooo|ao|zao|oao|pao|a ş|a s|ltd şti|ltd sti|san ve tic|công ty|tnhh|pt|tbk",
    # Japanese, Korean
    "kk|k k|株式会社|有限会社|合同会社|(株)|㈱|주식회사|유한회사|(주)|㈜",
    # Chinese
    "有限公司|股份有限公司|有限责任公司|股份公司|集团有限公司|集团股份有限公司|控股有限公司|集团|控股|公司|分公司",
    # Filler
    "the|all rights reserved|copyright|(c)",
)
# Where a Chinese maker sits, in front of its name or in brackets; behind a place the name goes on.
_PLACES = (
    "北京|上海|天津|重庆|深圳|广州|杭州|南京|武汉|成都|西安|珠海|厦门|福州|福建|苏州|无锡|济南|青岛|大连|沈阳|长沙|郑州|合肥|东莞|佛山|宁波|昆明|贵阳|南宁|海口|哈尔滨|"
    "长春|石家庄|太原|兰州|乌鲁木齐|拉萨|西宁|银川|呼和浩特|南昌|"
    "广东|浙江|江苏|山东|湖南|湖北|四川|安徽|河南|河北|陕西|辽宁|香港|台湾|台北"
)
_LATIN_PLACES = (
    "中国|beijing|shanghai|shenzhen|guangzhou|hangzhou|zhuhai|china|hong kong|taiwan|korea|japan|uk|us|usa|deutschland|international"
)
# Certificates name their holder behind a title (Apple's, with the ten signs of a team) or as the organisation of a distinguished name.
_TITLE = (
    r"(?i)^\s*(?:authority\s*=\s*)?(?:developer id|apple|mac|iphone|ios|3rd party mac developer|mac app)? ?"
    r"(?:application|installer|distribution|development|developer)\s*:\s*"
)
_TEAM = r"\s*\([A-Z0-9]{10}\)\s*$"
_HOLDER = r"(?i)(?:^|[,;/+])\s*%s\s*=\s*(?:\x22([^\x22]*)\x22|([^,;/+]*))"


def _padded(*lines: str) -> list[str]:
    """Return the words of these lines, `|` between them, as padded tokens; brackets, which publishers lose, are left out."""
    tokens = keys_of(pl.Series("|".join(lines).split("|"))).str.replace_all(r" [()] ", "").to_list()
    return [token for token in dict.fromkeys(tokens) if token.strip()]


@lru_cache(maxsize=1)
def legal_keys() -> list[str]:
    """Return the legal forms as padded tokens, the longest first."""
    return sorted(_padded(*_LEGAL), key=lambda key: (-len(key), key))


@lru_cache(maxsize=1)
def place_patterns() -> tuple[str, str]:
    """Return what a place is in front of a name, the name following as a group, and what it is in brackets."""
    front = "|".join(key.strip() for key in _padded(_PLACES))
    bracketed = "|".join(key.strip() for key in _padded(_PLACES, _LATIN_PLACES))
    # Two characters more must follow: a place alone is a name.
    return rf"^ (?:{front})(?:  [市省])? ( \S+ ( \S+ )+)$", rf" \(  (?:{bracketed})(?:  [市省])?  \) "


def normalize_publishers(publishers: pl.Series) -> pl.Series:
    """Return publishers as padded tokens without legal forms, places and certificate wording; null stays null.

    A publisher of which nothing would be left keeps its tokens.

    >>> normalize_publishers(pl.Series(["Qihoo 360 Technology Co. Ltd.", "北京奇虎科技有限公司"])).to_list()
    [' qihoo  360  technology ', ' 奇  虎  科  技 ']
    >>> normalize_publishers(pl.Series(["CN=Signing, O=Microsoft Corporation, C=US"])).to_list()
    [' microsoft ']
    """
    raw = publishers.rename("p").to_frame()
    holder = pl.coalesce(*(pl.col("p").str.extract(_HOLDER % part, group) for part in ("O", "CN") for group in (1, 2)))
    plain = raw.select(pl.when(holder.str.strip_chars() != "").then(holder).otherwise(pl.col("p"))).to_series()
    plain = plain.str.replace(_TITLE, "").str.replace(_TEAM, "")
    whole = normalize(plain)
    front, bracketed = place_patterns()
    tokens = whole.str.replace_all(bracketed, "").str.replace_all(r" [()] ", "")
    legal = legal_keys()
    # Twice: two forms side by side ("co  ltd") share no blank, but removing one can bring two halves of a form together.
    for _ in range(2):
        tokens = tokens.str.replace_many(legal, [""] * len(legal), leftmost=True)
    tokens = tokens.str.replace(front, "${1}")
    kept = pl.DataFrame({"t": tokens, "w": whole}).select(pl.when(pl.col("t").str.strip_chars() == "").then("w").otherwise("t"))
    return kept.to_series().rename(publishers.name)
