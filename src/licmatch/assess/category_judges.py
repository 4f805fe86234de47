"""Each category asked for its verdicts and remarks, and its answers checked: a plugin may say what a copy is, and nothing else."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import polars as pl

from licmatch.assess.engine_view import EngineView
from licmatch.assess.facts import FactTables
from licmatch.assess.organisation import Organisation
from licmatch.assess.policy import Policy
from licmatch.assess.use_rights import RIGHT_COLUMNS, UseRight, load_use_rights, with_rights
from licmatch.errors import LicmatchError, PluginError
from licmatch.hooks import Category, Judge, JudgeContext, Remark

REMARKS = {"device": pl.UInt32, "category": pl.String, "at": pl.UInt32, "flag": pl.String, "rule_id": pl.String, "text": pl.String}
# The judge's to say; taking them over column by column keeps the rest as it was.
_SAID = {"verdict": pl.String, "confidence": pl.Float64, "grade": pl.String, "channel": pl.String}
# What the licensing service calls a channel, in the words of an installation's `channel`; the first that fits.
_SOLD_AS = (
    (r"TB:Sub$", "subscription"), (r"TB:(?:Eval|Trial)$", "trial"), (r"^OEM:", "oem"), (r"^Volume:", "volume"), (r"^Retail", "retail"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class CategoryVerdicts:
    """`installations` as the categories judge them; `remarks` beside them, with the columns of `rule_items.flagged`; `words` of the
    rights and flags that remarks name, by their `rule_id`."""

    installations: pl.DataFrame
    remarks: pl.DataFrame
    words: dict[str, tuple[str, str]]


def judge_categories(
    licensed: pl.DataFrame, tables: FactTables, states: pl.DataFrame, engine: EngineView, policy: Policy, owner: Organisation, as_of: date
) -> CategoryVerdicts:
    """Return the installations with the verdict, confidence, grade and channel their categories give. Same rows, same order.

    `licensed`: as of `judge_licences`; `states`: as of `product_states`. Raises PluginError where a judge loses, adds or reorders
    rows or gives a verdict that is not in the table, and where a remark is on something else or uses a flag its category has not.
    """
    placed = licensed.with_row_index("place")
    settings: dict[str, object] = {"phase": policy.phase, "free_software": sorted(owner.free_ids())}
    judged, remarks = [], [pl.DataFrame(schema=REMARKS)]
    words: dict[str, tuple[str, str]] = {}
    for category in engine.categories:
        rights = _rights(category, policy)
        # Nothing of a category's context outlives its turn: it repeats a part of the facts.
        answer, said = _heard(category, placed, _context(category, rights, tables, states, engine, settings, as_of))
        judged.append(answer)
        remarks.append(said)
        words |= {_rule_id(category, flag.code): (flag.title_en, flag.title_zh) for flag in category.flags}
    if not judged:
        return CategoryVerdicts(_with_confidence(licensed, policy), pl.concat(remarks), words)
    told = pl.concat(judged).sort("place")
    kept = licensed if told.height == licensed.height else licensed[told["place"]]
    return CategoryVerdicts(_with_confidence(kept.with_columns(told.select(*_SAID)), policy), pl.concat(remarks), words)


def _heard(category: Category, placed: pl.DataFrame, context: JudgeContext) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return what a category says of its installations, by their `place`, and its remarks."""
    own = placed.filter(pl.col("category") == category.id)
    answer = _asked(category, own, context)
    said = answer.select(pl.col(name).cast(dtype) for name, dtype in _SAID.items())
    return own.select("place").hstack(said), _remarked(category, answer, context)


def _rights(category: Category, policy: Policy) -> tuple[UseRight, ...]:
    return () if category.use_rights is None else load_use_rights(category.use_rights, category.id, list(policy.states()))


def _context(
    category: Category,
    rights: tuple[UseRight, ...],
    tables: FactTables,
    states: pl.DataFrame,
    engine: EngineView,
    settings: dict[str, object],
    as_of: date,
) -> JudgeContext:
    mine = pl.col("category") == category.id
    return JudgeContext(
        as_of=as_of,
        facts=engine.facts.filter(mine),
        policy=settings,
        devices=tables.device,
        licences=tables.licence.filter(mine).with_columns(sold_as=_sold_as()),
        copies=tables.copy.filter(mine),
        states=states.filter(mine).drop("category", "memory"),
        with_rights=lambda installations: with_rights(installations, rights, tables.device, as_of),
    )


def _sold_as() -> pl.Expr:
    channel = pl.col("channel")
    return pl.coalesce(pl.when(channel.str.contains(pattern)).then(pl.lit(word)) for pattern, word in _SOLD_AS)


def _asked(category: Category, own: pl.DataFrame, context: JudgeContext) -> pl.DataFrame:
    answer = _answer(category, category.judge, own, context)
    if not isinstance(answer, pl.DataFrame) or not {"place", *_SAID} <= set(answer.columns) or not answer["place"].equals(own["place"]):
        raise PluginError(
            f"the judge of category {category.id!r} lost, added or reordered installations",
            hint="return the frame it was given, with columns changed",
        )
    return answer


def _answer(category: Category, asked: Judge | Remark, installations: pl.DataFrame, context: JudgeContext) -> object:
    try:
        return asked(installations, context)
    except LicmatchError:
        raise
    # Whatever a third party's code raises must not look like a fault of ours, nor end as a traceback.
    except Exception as error:
        raise PluginError(
            f"category {category.id!r} could not judge: {type(error).__name__}: {error}",
            hint=f"fix its plugin, or pass --without {category.id}; the report will say it is incomplete",
        ) from error


def _remarked(category: Category, judged: pl.DataFrame, context: JudgeContext) -> pl.DataFrame:
    if category.remark is None:
        return pl.DataFrame(schema=REMARKS)
    answer = _answer(category, category.remark, judged, context)
    asked = ["device", "at", "flag", "text"]
    if not isinstance(answer, pl.DataFrame) or not set(asked) <= set(answer.columns):
        raise PluginError(f"the remarks of category {category.id!r} lack a column", hint=f"return {', '.join(asked)}")
    said = answer.select(pl.col(name).cast(REMARKS[name]) for name in asked).unique().sort("device", "at", "flag", "text", nulls_last=True)
    strange = sorted(set(said["flag"].fill_null("null")) - {flag.code for flag in category.flags})
    if strange:
        raise PluginError(f"category {category.id!r} has no flag {', '.join(strange)}", hint="declare it in Category(flags=...)")
    lost = said.drop_nulls("at").join(judged, on=["device", "at"], how="anti").height
    lost += said.join(context.devices, on="device", how="anti").height
    if lost:
        raise PluginError(f"{lost} remarks of category {category.id!r} are on no installation and no device it was given")
    prefix = _rule_id(category, "")
    return said.with_columns(category=pl.lit(category.id), rule_id=pl.lit(prefix) + pl.col("flag")).select(list(REMARKS))


def _rule_id(category: Category, flag: str) -> str:
    return f"{category.id}:{flag}"


def _with_confidence(judged: pl.DataFrame, policy: Policy) -> pl.DataFrame:
    unknown_codes = set(judged["verdict"].drop_nulls().unique()) - set(policy.states())
    if unknown_codes or judged["verdict"].null_count():
        raise PluginError(f"a category's judge gave a verdict that is not in the table: {sorted(unknown_codes) or 'null'}")
    base = policy.verdict_table().select("verdict", "base_confidence")
    return (
        judged.drop(name for name in RIGHT_COLUMNS if name in judged.columns)
        .join(base, on="verdict", how="left", maintain_order="left")
        .with_columns(confidence=pl.coalesce("confidence", pl.col("base_confidence") * pl.col("score").fill_null(1.0)).clip(0.0, 1.0))
    )
