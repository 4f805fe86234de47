"""Each category asked for its verdicts and remarks, and its answers checked: a plugin may say what a copy is, and nothing else."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import polars as pl

from licmatch.assess.engine_view import EngineView
from licmatch.assess.facts import FactTables
from licmatch.assess.organisation import Organisation
from licmatch.assess.policy import Policy
from licmatch.assess.use_rights import NOT_FOR_CATEGORIES, RIGHT_COLUMNS, UseRight, load_use_rights, with_rights
from licmatch.errors import CatalogError, PluginError
from licmatch.hooks import Category, Judge, JudgeContext, Remark
from licmatch.plugin_loader import PluginName
from licmatch.schema import RISKS

REMARKS = {"device": pl.UInt32, "category": pl.String, "at": pl.UInt32, "flag": pl.String, "rule_id": pl.String, "text": pl.String}
# The judge's to say; taking them over column by column keeps the rest as it was.
_SAID = {"verdict": pl.String, "confidence": pl.Float64, "grade": pl.String, "channel": pl.String}
_TYPES = ", ".join(f"{name} as {dtype}" for name, dtype in _SAID.items())
# A conclusive grade says `cracked` by another word.
_GRADES = RISKS[: RISKS.index("conclusive")]
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

    `licensed`: as of `judge_licences`; `states`: as of `product_states`. Raises PluginError, naming the plugin, where a judge loses,
    adds or reorders rows or gives a verdict or grade that is not a category's to give, where a remark is on something else or uses a
    flag its category has not, and where use rights do not fit.
    """
    placed = licensed.with_row_index("place")
    settings: dict[str, object] = {"phase": policy.phase, "free_software": sorted(owner.free_ids())}
    judged, remarks = [], [pl.DataFrame(schema=REMARKS)]
    words: dict[str, tuple[str, str]] = {}
    for category in engine.categories:
        plugin = engine.plugins.name_of(category.id)
        rights = _rights(category, plugin, policy)
        # Nothing of a category's context outlives its turn: it repeats a part of the facts.
        answer, said = _heard(category, plugin, placed, _context(category, rights, tables, states, engine, settings, as_of), policy)
        judged.append(answer)
        remarks.append(said)
        words |= {_rule_id(category, flag.code): (flag.title_en, flag.title_zh) for flag in category.flags}
    if not judged:
        return CategoryVerdicts(_with_confidence(licensed, policy), pl.concat(remarks), words)
    told = pl.concat(judged).sort("place")
    kept = licensed if told.height == licensed.height else licensed[told["place"]]
    return CategoryVerdicts(_with_confidence(kept.with_columns(told.select(*_SAID)), policy), pl.concat(remarks), words)


def _heard(
    category: Category, plugin: PluginName, placed: pl.DataFrame, context: JudgeContext, policy: Policy
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return what a category says of its installations, by their `place`, and its remarks."""
    own = placed.filter(pl.col("category") == category.id)
    answer = _asked(category.judge, plugin, own, context)
    try:
        said = answer.select(pl.col(name).cast(dtype) for name, dtype in _SAID.items())
    except pl.exceptions.PolarsError as error:
        raise _refused(plugin, "its judge gave a column of another type", f"give {_TYPES}") from error
    _check_said(plugin, said, policy)
    return own.select("place").hstack(said), _remarked(category, plugin, answer, context)


def _check_said(plugin: PluginName, said: pl.DataFrame, policy: Policy) -> None:
    """A name accuses nobody, and a technical state proves no purchase: both are for facts and papers to say, after the category."""
    verdicts, grades = set(said["verdict"].unique()), set(said["grade"].drop_nulls().unique())
    if unknown := sorted("null" if code is None else code for code in verdicts - set(policy.states())):
        what = f"its judge gave a verdict that is not in the table: {', '.join(unknown)}"
        raise _refused(plugin, what, "give each copy a code of docs/reference/verdicts.md, or leave the one it came with")
    if taken := sorted(verdicts.intersection(NOT_FOR_CATEGORIES)):
        what = f"its judge gave the verdict {' and '.join(taken)}, which a judge never gives"
        raise _refused(plugin, what, "leave the verdict the copy came with; evidence and papers are weighed after the judge")
    if strange := sorted(grades.difference(_GRADES)):
        what = f"its judge gave the grade {', '.join(strange)}"
        raise _refused(plugin, what, f"a judge's grades are {', '.join(_GRADES)}; conclusive is for evidence")


def _rights(category: Category, plugin: PluginName, policy: Policy) -> tuple[UseRight, ...]:
    if category.use_rights is None:
        return ()
    try:
        return load_use_rights(category.use_rights, category.id, list(policy.states()))
    except CatalogError as fault:
        hint = plugin.remedy("mend the file" if fault.hint is None else f"{fault.hint}, mend the file")
        raise PluginError(f"plugin {plugin}: {fault.message}", where=fault.where, hint=hint) from fault


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


def _asked(judge: Judge, plugin: PluginName, own: pl.DataFrame, context: JudgeContext) -> pl.DataFrame:
    answer = _answer(plugin, judge, "judge", own, context)
    if not isinstance(answer, pl.DataFrame) or not {"place", *_SAID} <= set(answer.columns) or not answer["place"].equals(own["place"]):
        what = "its judge lost, added or reordered installations"
        raise _refused(plugin, what, "return the frame it was given, with columns changed and none missing")
    return answer


def _answer(plugin: PluginName, asked: Judge | Remark, word: str, installations: pl.DataFrame, context: JudgeContext) -> object:
    try:
        return asked(installations, context)
    # Whatever a third party's code raises, SystemExit included, must not look like a fault of ours, nor end as a traceback.
    except (Exception, SystemExit, pl.exceptions.PanicException) as error:
        raise PluginError(f"plugin {plugin}: its {word} failed: {type(error).__name__}: {error}", hint=plugin.remedy()) from error


def _refused(plugin: PluginName, what: str, remedy: str) -> PluginError:
    return PluginError(f"plugin {plugin}: {what}", hint=plugin.remedy(remedy))


def _remarked(category: Category, plugin: PluginName, judged: pl.DataFrame, context: JudgeContext) -> pl.DataFrame:
    if category.remark is None:
        return pl.DataFrame(schema=REMARKS)
    answer = _answer(plugin, category.remark, "remark", judged, context)
    asked = ["device", "at", "flag", "text"]
    if not isinstance(answer, pl.DataFrame) or not set(asked) <= set(answer.columns):
        raise _refused(plugin, "its remarks lack a column", f"return a frame of {', '.join(asked)}")
    try:
        said = answer.select(pl.col(name).cast(REMARKS[name]) for name in asked).unique()
    except pl.exceptions.PolarsError as error:
        types = ", ".join(f"{name} as {REMARKS[name]}" for name in asked)
        raise _refused(plugin, "its remarks have a column of another type", f"give {types}") from error
    said = said.sort("device", "at", "flag", "text", nulls_last=True)
    strange = sorted(set(said["flag"].fill_null("null")) - {flag.code for flag in category.flags})
    if strange:
        raise _refused(plugin, f"its remarks use a flag it has not: {', '.join(strange)}", "declare it in Category(flags=...)")
    lost = said.drop_nulls("at").join(judged, on=["device", "at"], how="anti").height
    lost += said.join(context.devices, on="device", how="anti").height
    if lost:
        what = f"{lost} of its remarks are on no installation and no device it was given"
        raise _refused(plugin, what, "take `device` and `at` from the installations or from context.devices")
    prefix = _rule_id(category, "")
    return said.with_columns(category=pl.lit(category.id), rule_id=pl.lit(prefix) + pl.col("flag")).select(list(REMARKS))


def _rule_id(category: Category, flag: str) -> str:
    return f"{category.id}:{flag}"


def _with_confidence(judged: pl.DataFrame, policy: Policy) -> pl.DataFrame:
    base = policy.verdict_table().select("verdict", "base_confidence")
    return (
        judged.drop(name for name in RIGHT_COLUMNS if name in judged.columns)
        .join(base, on="verdict", how="left", maintain_order="left")
        .with_columns(confidence=pl.coalesce("confidence", pl.col("base_confidence") * pl.col("score").fill_null(1.0)).clip(0.0, 1.0))
    )
