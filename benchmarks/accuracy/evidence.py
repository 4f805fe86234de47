"""How often the evidence is judged right: counties whose licence truth is known, judged as a real one would be.

    python benchmarks/accuracy/evidence.py [--devices 5000] [--seeds 1-20] [--show 20] [-o bench-out/evidence.json]

The truth of each device and category is a story that the generator drew before it wrote anything; the generator shares no table with
the rules. Three questions are asked of every county: is everything called `cracked` pirated; of what is pirated and left evidence that
an examiner would call clear, how much is graded strong or conclusive, and of what left any evidence, how much is noticed at all; and on
whom does suspicion fall who did nothing. Every error is listed with what was left behind.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import polars as pl

import licmatch
from licmatch.demo import generate_county

AS_OF = date(2026, 11, 30)
KEY = ["device_id", "category"]
STRONG = ("strong", "conclusive")
# Flags, what a copy was recognised by, and what says nothing of how it was activated.
NOT_ON_THE_LICENCE = (
    "installed_program",
    "os",
    "explained",
    "end_of_support",
    "evidence_conflict",
    "data_quality",
    "quantity",
    "edition",
    "papers",
)
BARS = {"precision": 1.0, "strong of clear": 0.95, "noticed of any": 0.99}
HERE = Path(__file__).resolve().parents[2]


@dataclass(frozen=True, slots=True)
class County:
    """One judged county: the truth beside the findings, one row a device and category, and what it took."""

    seed: int
    rows: pl.DataFrame  # truth columns, verdict, grade, by, evidence
    seconds: float


def judged_county(engine: licmatch.Engine, devices: int, seed: int) -> County:
    """Return a county's truth beside what was found; devices out of use are left out, nobody judges them."""
    with tempfile.TemporaryDirectory() as folder:
        paths = generate_county(Path(folder) / "county", devices=devices, seed=seed, as_of=AS_OF)
        started = time.perf_counter()
        result = licmatch.assess(
            [paths.inventory], devices=paths.devices, units=paths.units, activations=paths.activations, traces=paths.traces,
            entitlements=paths.entitlements, organisation=paths.organisation, as_of=AS_OF, engine=engine,
        )  # fmt: skip
        seconds = time.perf_counter() - started
        truth = pl.read_parquet(paths.truth_licences).filter(pl.col("in_use") != "no")
    weightiest = pl.element().sort_by(-pl.element().struct.field("weight"))
    told = (
        pl.concat([result.findings.select(*KEY, "evidence"), result.installations.select(*KEY, "evidence")])
        .explode("evidence")
        .drop_nulls()
    )
    heard = told.filter(~pl.col("evidence").struct.field("kind").is_in(NOT_ON_THE_LICENCE))
    found = (
        result.findings.select(*KEY, "verdict", "grade")
        .join(heard.group_by(KEY, maintain_order=True).agg("evidence"), on=KEY, how="left")
        .with_columns(by=pl.col("evidence").list.eval(weightiest).list.first().struct.field("rule_id"))
    )  # fmt: skip
    rows = truth.join(found, on=KEY, how="left").with_columns(
        seed=pl.lit(seed),
        verdict=pl.col("verdict").fill_null("absent"),
        grade=pl.col("grade").fill_null("none"),
        pirated=pl.col("state") == "pirated",
        clearly=pl.col("clear").list.len() > 0,
        left=(pl.col("clear").list.len() + pl.col("faint").list.len()) > 0,
    )
    return County(seed, rows, seconds)


def measured(rows: pl.DataFrame) -> dict[str, float | int | None]:
    """Return the counts and shares of some rows; a share of nothing is null."""
    cracked, guilty = rows.filter(pl.col("verdict") == "cracked"), rows.filter("pirated")
    strong, noticed = pl.col("grade").is_in(STRONG), pl.col("grade") != "none"
    clear, left = guilty.filter("clearly"), guilty.filter("left")
    return {
        "cracked": cracked.height,
        "precision": _share(cracked, pl.col("pirated")),
        "pirated": guilty.height,
        "left clear evidence": clear.height,
        "left any evidence": left.height,
        "left none": guilty.height - left.height,
        "strong of clear": _share(clear, strong),
        "strong of any": _share(left, strong),
        "strong of all": _share(guilty, strong),
        "noticed of clear": _share(clear, noticed),
        "noticed of any": _share(left, noticed),
        "noticed of all": _share(guilty, noticed),
        "cracked of clear": _share(clear, pl.col("verdict") == "cracked"),
    }


def _share(rows: pl.DataFrame, of: pl.Expr) -> float | None:
    return None if rows.is_empty() else round(float(rows.select(of.mean()).item()), 5)


def by_story(rows: pl.DataFrame) -> pl.DataFrame:
    """Return one row a category, state and story: how many, and how many of each grade."""
    grades = [(pl.col("grade") == grade).sum().alias(grade) for grade in ("none", "indication", "strong", "conclusive")]
    told = rows.with_columns(circumstance=circumstance())
    return (
        told.group_by("category", "state", "story", "circumstance")
        .agg(pl.len().alias("copies"), *grades, (pl.col("verdict") == "cracked").sum().alias("cracked"))
        .sort("state", "category", "story", "circumstance", nulls_last=False)
    )


def innocents(stories: pl.DataFrame) -> pl.DataFrame:
    """Return copies nobody unlocked by what lies beside them, else by their story, where any suspicion fell."""
    counts = ("copies", "none", "indication", "strong", "conclusive", "cracked")
    free = stories.filter((pl.col("state") != "pirated") & (pl.col("category") != "antivirus"))
    gathered = free.group_by(who=pl.coalesce("circumstance", "story")).agg(pl.col(*counts).sum())
    return gathered.filter(pl.col("none") < pl.col("copies")).sort("strong", "who", descending=True)


def circumstance() -> pl.Expr:
    """What lies beside a copy nobody unlocked: a tool used on something else, or an accident of `aside`."""
    tool = pl.col("tools").list.len() > 0
    return pl.when(pl.col("pirated")).then(None).when(tool).then(pl.lit("beside a tool")).otherwise("aside")


def errors(rows: pl.DataFrame) -> pl.DataFrame:
    """Return every row that is judged wrong, with the kind of error; what left nothing is no error of the judge."""
    strong = pl.col("grade").is_in(STRONG)
    kind = (
        pl.when(~pl.col("pirated") & (pl.col("verdict") == "cracked")).then(pl.lit("accused wrongly"))
        .when(~pl.col("pirated") & strong).then(pl.lit("suspected strongly"))
        .when(pl.col("pirated") & pl.col("left") & (pl.col("grade") == "none")).then(pl.lit("not noticed"))
        .when(pl.col("pirated") & pl.col("clearly") & ~strong).then(pl.lit("not strong"))
    )  # fmt: skip
    return rows.with_columns(error=kind, circumstance=circumstance()).filter(pl.col("error").is_not_null())


def _lines(found: Iterable[dict[str, object]]) -> Iterable[str]:
    for row in found:
        told = row["evidence"]
        pieces = told if isinstance(told, list) else []
        heard = "; ".join(f"{piece['rule_id']} {piece['kind']} {str(piece['text'])[:70]!r} {piece['weight']:.2f}" for piece in pieces[:6])
        yield (
            f"{row['error']}: seed {row['seed']} {row['device_id']} {row['category']} {row['state']}/{row['story']} "
            f"({row['circumstance']}) -> {row['verdict']} {row['grade']} by {row['by']}\n"
            f"    left clear {row['clear']} faint {row['faint']}; heard {heard or 'nothing'}"
        )


def seeds_of(text: str) -> list[int]:
    """Return the numbers of a range or list.

    >>> seeds_of("1-3,7")
    [1, 2, 3, 7]
    """
    found: list[int] = []
    for part in text.split(","):
        low, _, high = part.partition("-")
        found += range(int(low), int(high or low) + 1)
    return found


def main(arguments: Sequence[str] | None = None) -> int:
    """Judge the counties, print and write what was measured; 1 where a bar is missed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--devices", type=int, default=5000)
    parser.add_argument("--seeds", type=seeds_of, default=seeds_of("1-20"))
    parser.add_argument("--show", type=int, default=20, help="errors shown of each kind")
    parser.add_argument("-o", "--out", type=Path, default=HERE / "bench-out" / "evidence.json")
    options = parser.parse_args(arguments)
    engine = licmatch.Engine.load()
    counties = []
    for seed in options.seeds:
        county = judged_county(engine, options.devices, seed)
        counties.append(county)
        told = measured(county.rows)
        line = ", ".join(f"{name} {told[name]}" for name in ("pirated", "cracked", *BARS))
        print(f"seed {seed}: {line}, {county.seconds:.1f} s", flush=True)
    rows = pl.concat([county.rows for county in counties])
    total, stories, wrong = measured(rows), by_story(rows), errors(rows)
    for name, value in total.items():
        print(f"{name:>20}  {value}")
    with pl.Config(tbl_rows=200, tbl_cols=20, tbl_width_chars=160, tbl_hide_dataframe_shape=True, tbl_hide_column_data_types=True):
        print(stories.filter(pl.col("state") == "pirated").drop("circumstance"))
        print(innocents(stories))
        told_by = wrong.group_by("error", "circumstance", "story", "by").len()
        print(told_by.sort("len", "error", "story", "by", descending=True).head(60))
    for _, group in wrong.group_by("error", maintain_order=True):
        print(*_lines(group.head(options.show).iter_rows(named=True)), sep="\n")
    options.out.parent.mkdir(parents=True, exist_ok=True)
    report = {
        "devices": options.devices, "seeds": options.seeds, "total": total,
        "by_seed": [{"seed": county.seed} | measured(county.rows) for county in counties],
        "stories": stories.to_dicts(),
        "errors": wrong.drop("evidence", "in_use", "aside", "pirated", "clearly", "left").to_dicts(),
    }  # fmt: skip
    options.out.write_text(json.dumps(report, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    missed = [name for name, bar in BARS.items() if (value := total[name]) is not None and value < bar]
    print("bars missed:", ", ".join(missed) or "none")
    return 1 if missed else 0


if __name__ == "__main__":
    raise SystemExit(main())
