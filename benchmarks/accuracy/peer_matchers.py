"""Plain matchers over the lines of a catalog: each returns, for every string, the ids of its best line and how sure it is.

Each gets the text with which it does best: rapidfuzz its own default processing, the others names normalised as licmatch does.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import polars as pl
from peer_sets import Guess, Item
from rapidfuzz import fuzz, process
from rapidfuzz import utils as rapidfuzz_text

from licmatch.normalize.name_steps import normalize
from licmatch.normalize.publisher import normalize_publishers

Matcher = Callable[[Sequence[Item], Sequence[Item]], list[Guess]]
BLOCK_LINES = 150  # a word on more lines than this pairs nothing up
BLOCK_WORDS = 4  # the rarest words of a name and publisher are those that pair up


def _column(texts: list[str]) -> pl.Series:
    return pl.Series(texts, dtype=pl.String)


def joined(items: Sequence[Item]) -> list[str]:
    """Return name and publisher in one normalised text."""
    columns = [normalize(_column([text(item) for item in items])) for text in (lambda item: item.name, lambda item: item.publisher)]
    return [" ".join((name + publisher).split()) for name, publisher in zip(*columns, strict=True)]


def by_exact_join(catalog: Sequence[Item], strings: Sequence[Item]) -> list[Guess]:
    """Join on the normalised name without its numbers and the normalised publisher."""

    def keys(items: Sequence[Item]) -> Iterator[tuple[str, str]]:
        names = normalize(_column([item.name for item in items])).str.replace_all(r" \d[\d.]* ", "")
        yield from zip(names, normalize_publishers(_column([item.publisher for item in items])), strict=True)

    known: dict[tuple[str, str], tuple[str, ...]] = {}
    for key, item in zip(keys(catalog), catalog, strict=True):
        known.setdefault(key, item.ids)
    return [(known.get(key, ()), 1.0) for key in keys(strings)]


def by_rapidfuzz(scorer: Callable[..., float]) -> Matcher:
    """Return a matcher that takes the best of all lines by a rapidfuzz scorer."""

    def match(catalog: Sequence[Item], strings: Sequence[Item]) -> list[Guess]:
        lines, texts = ([rapidfuzz_text.default_process(f"{item.name} {item.publisher}") for item in items] for items in (catalog, strings))
        found: dict[str, Guess] = {}
        for text in dict.fromkeys(texts):
            best = process.extractOne(text, lines, scorer=scorer)
            found[text] = (catalog[best[2]].ids, best[1]) if best else ((), 0.0)
        return [found[text] for text in texts]

    return match


def by_tfidf(catalog: Sequence[Item], strings: Sequence[Item]) -> list[Guess]:
    """Take the line with the nearest vector of letter triples, weighed by rarity."""
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sparse_dot_topn import sp_matmul_topn

    vectors = TfidfVectorizer(analyzer="char_wb", ngram_range=(3, 3), lowercase=True)
    lines = vectors.fit_transform(joined(catalog))
    nearest = sp_matmul_topn(vectors.transform(joined(strings)), lines.T.tocsr(), top_n=1, sort=True)
    found: list[Guess] = []
    for row in range(len(strings)):
        start, end = nearest.indptr[row], nearest.indptr[row + 1]
        found.append((catalog[nearest.indices[start]].ids, float(nearest.data[start])) if end > start else ((), 0.0))
    return found


def _records(catalog: Sequence[Item], strings: Sequence[Item]) -> tuple[list[dict[str, Any]], list[dict[str, Any]], list[int]]:
    """Return lines and distinct strings as records for a linker, and for each string its record.

    `rare` holds the words on which pairs are made: the same for every linker, so that none is at a disadvantage for lack of candidates.
    """
    texts = joined(catalog)
    counts = Counter(word for text in texts for word in set(text.split()))

    def record(number: int, item: Item, text: str) -> dict[str, Any]:
        name, maker = (normal(_column([part]))[0] for normal, part in ((normalize, item.name), (normalize_publishers, item.publisher)))
        words = [word for word in name.split() if not word[0].isdigit()]
        ranked = sorted({word for word in text.split() if 0 < counts[word] <= BLOCK_LINES}, key=lambda word: (counts[word], word))
        return {
            "unique_id": number,
            "name": " ".join(words),
            "maker": " ".join(maker.split()) or None,
            "words": sorted(set(words)),
            "rare": ranked[:BLOCK_WORDS],
        }

    lines = [record(number, item, text) for number, (item, text) in enumerate(zip(catalog, texts, strict=True))]
    distinct: dict[tuple[str, str], int] = {}
    where = [distinct.setdefault((item.name, item.publisher), len(distinct)) for item in strings]
    firsts = [Item(name, publisher, "", None) for name, publisher in distinct]
    asked = [record(number, item, text) for number, (item, text) in enumerate(zip(firsts, joined(firsts), strict=True))]
    return lines, asked, where


def _best(catalog: Sequence[Item], where: Sequence[int], pairs: Iterator[tuple[int, int, float]]) -> list[Guess]:
    best: dict[int, tuple[float, int]] = {}
    for asked, line, sure in pairs:
        if asked not in best or (sure, -line) > (best[asked][0], -best[asked][1]):
            best[asked] = (sure, line)
    return [(catalog[best[number][1]].ids, best[number][0]) if number in best else ((), 0.0) for number in where]


def by_splink(catalog: Sequence[Item], strings: Sequence[Item]) -> list[Guess]:
    """Link with Splink on DuckDB: Fellegi-Sunter weights learnt without labels."""
    import splink.comparison_level_library as level
    import splink.comparison_library as compare
    from splink import DuckDBAPI, Linker, SettingsCreator, block_on

    def overlap(least: float) -> level.CustomLevel:
        shared, all_of_them = "len(list_intersect(words_l, words_r))", "len(list_distinct(list_concat(words_l, words_r)))"
        return level.CustomLevel(f"{shared} >= {least} * {all_of_them}", f"{least} of the words shared")

    lines, asked, where = _records(catalog, strings)
    database = DuckDBAPI()
    tables = [database.register(pl.DataFrame(rows).to_arrow(), dataset_display_name=name) for rows, name in ((lines, "a"), (asked, "b"))]
    settings = SettingsCreator(
        link_type="link_only",
        comparisons=[
            compare.JaroWinklerAtThresholds("name", [0.97, 0.92, 0.85, 0.75]).configure(term_frequency_adjustments=True),
            compare.JaroWinklerAtThresholds("maker", [0.95, 0.85]).configure(term_frequency_adjustments=True),
            compare.CustomComparison([*map(overlap, (0.99, 0.66, 0.5, 0.33)), level.ElseLevel()], output_column_name="words"),
        ],
        blocking_rules_to_generate_predictions=[block_on("rare", arrays_to_explode=["rare"]), block_on("substr(name, 1, 6)")],
        probability_two_random_records_match=1 / max(len(lines), 1),
    )
    linker = Linker(tables, settings, log_level="ERROR")
    linker.training.estimate_u_using_random_sampling(max_pairs=1e6, seed=1)
    for column in ("name", "maker", "substr(name, 1, 6)"):
        linker.training.estimate_parameters_using_expectation_maximisation(block_on(column))
    found = linker.inference.predict().as_record_list()
    pairs = (
        (row["unique_id_r"], row["unique_id_l"], row["match_weight"])
        if row["source_dataset_l"] == "a"
        else (row["unique_id_l"], row["unique_id_r"], row["match_weight"])
        for row in found
    )
    return _best(catalog, where, pairs)


def by_recordlinkage(catalog: Sequence[Item], strings: Sequence[Item]) -> list[Guess]:
    """Link with the Python Record Linkage Toolkit: string comparisons, and the expectation-conditional maximisation classifier."""
    import pandas
    import recordlinkage

    lines, asked, where = _records(catalog, strings)
    by_word: dict[str, list[int]] = defaultdict(list)
    for line in lines:
        for word in line["rare"]:
            by_word[word].append(line["unique_id"])
    pairs = sorted({(one["unique_id"], other) for one in asked for word in one["rare"] for other in by_word[word]})
    if not pairs:
        return [((), 0.0)] * len(where)
    left, right = (pandas.DataFrame(rows).set_index("unique_id").fillna({"maker": ""}) for rows in (asked, lines))
    compare = recordlinkage.Compare()
    for column in ("name", "maker"):
        compare.string(column, column, method="jarowinkler", label=f"{column} jw")
        compare.string(column, column, method="qgram", label=f"{column} qgram")
    likeness = compare.compute(pandas.MultiIndex.from_tuples(pairs), left, right)
    steps = pandas.concat({(name, step): likeness[name] >= step for name in likeness for step in (0.7, 0.85, 0.95)}, axis=1).astype(int)
    steps.columns = [f"{name} {step}" for name, step in steps.columns]
    steps = steps.loc[:, steps.nunique() > 1]  # a step that says the same of every pair has no probability to learn
    classifier = recordlinkage.ECMClassifier()
    classifier.fit(steps)
    sure = classifier.prob(steps)
    # The classifier knows steps only: the likeness itself settles what it leaves equal.
    total = sure.to_numpy() + likeness.sum(axis=1).to_numpy() * 1e-3
    return _best(catalog, where, ((one, other, score) for (one, other), score in zip(pairs, total, strict=True) if not math.isnan(score)))


PEERS: dict[str, Matcher] = {
    "exact": by_exact_join,
    "token_sort_ratio": by_rapidfuzz(fuzz.token_sort_ratio),
    "WRatio": by_rapidfuzz(fuzz.WRatio),
    "tfidf-3grams": by_tfidf,
    "splink": by_splink,
    "recordlinkage": by_recordlinkage,
}
