"""Acceptance apart from points: strict by its four conditions (REGULATION 1.5), or by the pass grade of the rubric where A9 says so."""

from __future__ import annotations

from collections.abc import Iterable

from licmatch.programme.figures import Counts
from licmatch.programme.record import Condition, Score
from licmatch.programme.rubric import Rubric

MET, NOT_MET, NO_DATA = "met", "not_met", "no_data"


def conditions_of(counts: Counts | None, categories: Iterable[str]) -> tuple[Condition, ...]:
    """Return how many stand against each condition: infringing, undetermined, over-deployed, without proof; None where nobody knows.

    A valid trial counts against the target but infringes nothing, and is left out here.
    """
    held = counts or {}
    ids = tuple(categories)

    def total(suffixes: tuple[str, ...]) -> int | None:
        names = [f"{one}_{suffix}" for one in ids for suffix in suffixes]
        return sum(held[name] for name in names) if names and all(name in held for name in names) else None

    # Counted by the rollup where it does; else out of states and verdicts.
    infringing = held.get("infringing", total(("not_genuine",)))
    if infringing is not None and "infringing" not in held:
        infringing -= held.get("verdict.trial_valid", 0)
    over = held.get("over_deployed", held.get("verdict.over_deployed"))
    entitled, proved = held.get("position.entitled"), held.get("position.entitled_proved")
    return (
        Condition("infringing", infringing),
        Condition("undetermined", held.get("in_doubt", total(("undetermined", "open_names")))),
        Condition("over_deployed", over),
        Condition("without_proof", None if entitled is None or proved is None else entitled - proved),
    )


def accepted(conditions: tuple[Condition, ...], score: Score | None, rubric: Rubric | None, *, strict: bool) -> str:
    """Return met, not_met or no_data. Strict is met only where every condition is known and nothing stands against any.

    >>> accepted((Condition("infringing", 0), Condition("undetermined", None)), None, None, strict=True)
    'no_data'
    """
    if strict:
        if any(one.against for one in conditions):
            return NOT_MET
        return NO_DATA if any(one.against is None for one in conditions) else MET
    if score is None or score.grade is None or rubric is None or rubric.pass_grade is None:
        return NO_DATA
    order = [grade.code for grade in sorted(rubric.grade, key=lambda grade: -grade.min)]
    return MET if order.index(score.grade) <= order.index(rubric.pass_grade) else NOT_MET
