"""What a name says beside its product: architecture, language, version, build, edition, channel and the like, read off the key.

Nothing is taken out of the key for a field: fields stand beside it. Words are looked up in one pass of an automaton over the distinct
keys, the longest first from the left, together with the phrases that hide them (the "Home" of "Windows Home Server" is no edition);
numbers are found by patterns. `read_fields` does it for a column, `locate_fields` for one name with the raw characters each stems from.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache

import polars as pl

from licmatch.normalize import name_steps as steps
from licmatch.normalize.languages import ARCHITECTURES, CODES, LANGUAGES, tag_of
from licmatch.normalize.spans import Span, Traced, TracedStep, places

FIELDS = (
    "architecture", "language", "version", "build", "kb", "service_pack", "edition", "channel", "noise", "path", "product_code",
)  # fmt: skip

# How a name came onto the machine; never what it is.
_CHANNELS = {
    "click-to-run": "click-to-run|click to run|c2r|即点即用|隨選即用",
    "msi": "(msi)|msi installer|msi package|msi版|msi 版",
    "msix": "msix|appx|(msix)",
    "oem": "oem",
    "retail": "retail",
    "volume": "volume",
}
_NOISE = (
    "remove only|uninstall only|user|current user|all users|per user|per machine|machine wide installer|machine-wide installer|system wide|"
    "setup|installer|installation|install|installed|unregistered|registered|licensed|portable|便携版|绿色版|单文件版|安装版|安装包|安装程序|"
    "完整版|官方版|最新版|正式版|已激活|未激活|已授权|desinstalar|nur entfernen|supprimer uniquement"
)
_SERVICE_PACKS = "service pack|servicepack|sp|服务包|サービス パック|서비스 팩|пакет обновления|пакет обновлений|service release"
_MARKS = (
    "v|ver|vers|version|versions|versión|versão|versione|wersja|версия|verze|verzió|sürüm|versie|版本|版本号|バージョン|버전|release|rel"
)
_BUILDS = "build|builds|os build|内部版本|内部版本号|ビルド|빌드|сборка"
# Before product codes are dropped, signs are as written and brackets are still brackets.
_EARLY = steps.drop_trademark_signs.__name__
_PATH = (
    r"(?i)(?:[a-z]:\\|\\\\[a-z0-9]|(?:file:)?//?(?:applications|bin|data|etc|home|library|mnt|opt|srv|tmp|usr|users|var)/)"
    r"(?:[^()\[\]<>\x22|*?]|\([^()]*\))*"
)
_CODE = steps.GUID


def _keys(words: str | Iterable[str]) -> list[str]:
    listed = words.split("|") if isinstance(words, str) else list(words)
    return list(dict.fromkeys(steps.normalize(pl.Series(listed, dtype=pl.String)).to_list()))


def _any(words: Iterable[str]) -> str:
    """Return padded words as an alternation without their outer blanks, the longest first."""
    return "|".join(sorted((word.strip().replace("(", r"\(").replace(")", r"\)") for word in words), key=len, reverse=True))


@dataclass(frozen=True)
class FieldWords:
    """The phrases that fields are read from: padded phrase -> (field, value) pairs, none for a phrase that only hides others."""

    phrases: Mapping[str, tuple[tuple[str, str], ...]]
    service_packs: tuple[str, ...]  # padded words before the number of a service pack

    @cached_property
    def ordered(self) -> list[str]:
        """The phrases, the longest first: the automaton takes the first that fits from the left."""
        return sorted(self.phrases, key=lambda phrase: (-len(phrase), phrase))

    @cached_property
    def table(self) -> pl.DataFrame:
        """One row a meaning: phrase, field, value."""
        rows = [(phrase, field, value) for phrase, told in sorted(self.phrases.items()) for field, value in told]
        return pl.DataFrame(rows, schema={"phrase": pl.String, "field": pl.String, "value": pl.String}, orient="row")

    @cached_property
    def numbers(self) -> tuple[tuple[str, str, str], ...]:
        """(field, pattern over the key, what is taken off a match to leave the value)."""
        marks, builds = _any(_keys(_MARKS)), _any(_keys(_BUILDS))
        packs = _any(self.service_packs)
        return (
            # A build is found first and taken off whole, so that it is no version too; "22H2" is one version.
            (
                "version",
                rf" (?:{builds})  \d+(?:\.\d+)* | (?:(?:{marks})  )?\d\d  h  [12] | (?:(?:{marks})  )?\d+(?:\.\d+)+ | (?:{marks})  \d+ ",
                rf"^ (?:{builds})  \d.*$|^ (?:{marks}) ",
            ),
            ("build", rf" (?:{builds})  \d+(?:\.\d+)* | 10\.0\.\d{{5}}(?:\.\d+)? ", rf"^ (?:{builds}) |^ 10\.0\."),
            ("kb", r" kb  \d{6,8} ", r"^ kb "),
            ("service_pack", rf" (?:{packs})  \d{{1,2}} ", rf"^ (?:{packs}) "),
        )


@lru_cache(maxsize=1)
def shared_words() -> FieldWords:
    """Return what holds for every catalog: architectures, languages, ways of delivery and installation noise."""
    phrases: dict[str, dict[tuple[str, str], None]] = {}

    def add(field: str, value: str, words: str | Iterable[str]) -> None:
        for key in _keys(words):
            phrases.setdefault(key, {})[field, value] = None

    for value, words in ARCHITECTURES.items():
        add("architecture", value, words)
    for value, words in LANGUAGES.items():
        add("language", value, words)
    for code in CODES:
        add("language", tag_of(code), [code, code.replace("-", "_")])
    for value, words in _CHANNELS.items():
        add("channel", value, words)
    for word in _NOISE.split("|"):
        add("noise", word, [word])
    return FieldWords({key: tuple(told) for key, told in phrases.items()}, tuple(_keys(_SERVICE_PACKS)))


def read_fields(names: pl.Series, words: FieldWords | None = None) -> pl.DataFrame:
    """Return for a String column, row by row: `name`, `key`, and one List(String) a field of `FIELDS`, empty where nothing is said.

    Values stand in the order of the name, each once. A null name gives a null key and empty lists. Hand over distinct names.

    >>> read_fields(pl.Series(["WPS Office (64-bit) 11.1.0 - zh-CN"])).select("architecture", "language", "version").row(0)
    (['x64'], ['zh-CN'], ['11.1.0'])
    """
    words = words or shared_words()
    early = names
    keys = names
    for step in (*steps.OPENING, *steps.CLOSING):
        keys = step(keys)
        if step.__name__ == _EARLY:
            early = keys
        if step is steps.OPENING[-1]:
            seen = keys
    keys = steps.spell_out(seen, keys)
    frame = pl.DataFrame({"name": names, "key": keys, "early": early}).with_row_index("row")
    found = [_phrases_found(frame, words), *(_matches(frame, "key", *how) for how in words.numbers)]
    found += [_matches(frame, "early", "path", _PATH, r"[\s)]+$"), _matches(frame, "early", "product_code", _CODE, "^$")]
    told = pl.concat(found).group_by("row", "field", maintain_order=True).agg(pl.col("value").unique(maintain_order=True))
    columns = {
        field: frame.select("row")
        .join(told.filter(pl.col("field") == field), on="row", how="left", maintain_order="left")["value"]
        .fill_null(pl.Series([[]], dtype=pl.List(pl.String)))
        for field in FIELDS
    }
    return frame.select("name", "key").with_columns(**columns)


def _phrases_found(frame: pl.DataFrame, words: FieldWords) -> pl.DataFrame:
    listed = frame.select("row", phrase=pl.col("key").str.extract_many(words.ordered, leftmost=True)).explode("phrase", empty_as_null=False)
    return listed.join(words.table, on="phrase", how="inner", maintain_order="left_right").select("row", "field", "value")


def _matches(frame: pl.DataFrame, column: str, field: str, pattern: str, off: str) -> pl.DataFrame:
    listed = frame.select("row", value=pl.col(column).str.extract_all(pattern)).explode("value", empty_as_null=False).drop_nulls("value")
    return listed.select("row", field=pl.lit(field), value=_value(column, pl.col("value"), off)).filter(pl.col("value") != "")


def _value(column: str, match: pl.Expr, off: str) -> pl.Expr:
    left = match.str.replace(off, "")
    return left.str.replace_all(" ", "") if column == "key" else left.str.strip_chars()


@dataclass(frozen=True, slots=True)
class LocatedField:
    """A value, the field it belongs to, and the characters of the raw name that say so."""

    field: str
    value: str
    start: int
    end: int


def locate_fields(name: Traced, words: FieldWords | None = None) -> list[LocatedField]:
    """Return the fields of a traced name with their raw spans, in the order of `FIELDS`; values as `read_fields` has them."""
    words = words or shared_words()
    key, early = name.steps[-1], name.after(_EARLY)
    found: list[LocatedField] = []
    for first, last in _phrase_places(key.text, words):
        span = key.span(first, last)
        found += [LocatedField(field, value, *span) for field, value in words.phrases[key.text[first:last]]]
    for field, pattern, off in words.numbers:
        found += _located(key, "key", field, pattern, off)
    found += [*_located(early, "early", "path", _PATH, r"[\s)]+$"), *_located(early, "early", "product_code", _CODE, "^$")]
    first_of = {(one.field, one.value): one for one in reversed(found)}
    kept = [one for one in found if first_of[one.field, one.value] is one]
    return sorted(kept, key=lambda one: FIELDS.index(one.field))


def _phrase_places(text: str, words: FieldWords) -> list[Span]:
    # Phrases that do not stand in the name change nothing, and an automaton of a few is built at once.
    present = [phrase for phrase in words.ordered if phrase in text]
    if not present:
        return []
    column = pl.Series([text])
    starts = column.str.find_many(present, leftmost=True)[0].to_list()
    matches = column.str.extract_many(present, leftmost=True)[0].to_list()
    raw = text.encode()
    places = [len(raw[:start].decode()) for start in starts]
    return [(place, place + len(match)) for place, match in zip(places, matches, strict=True)]


def _located(stage: TracedStep, column: str, field: str, pattern: str, off: str) -> list[LocatedField]:
    found = []
    for first, last in places(stage.text, pattern):
        value = str(pl.DataFrame({"m": [stage.text[first:last]]}).select(_value(column, pl.col("m"), off)).item())
        if value:
            within = stage.text.find(value, first, last)
            shown = (within, within + len(value)) if within >= 0 else (first, last)
            found.append(LocatedField(field, value, *stage.span(*shown)))
    return found
