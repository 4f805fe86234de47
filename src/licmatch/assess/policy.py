"""The policy: verdict codes with their states and order, and what a survey assumes. Data; this module only reads and checks it."""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

import msgspec
import polars as pl

from licmatch.assess.own_file import read_own_file
from licmatch.errors import InputError, Location
from licmatch.schema import DEVICES, RISKS, STATES, UNITS

PHASES = ("survey", "strict")
# Worst first, as findings take the worst of several.
_WORST_STATES = ("not_genuine", "undetermined", "genuine", "out_of_scope")


class Verdict(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A verdict code, what it counts as, and where its confidence starts."""

    code: str
    state: str
    confidence: float
    strict_state: str | None = None
    infringing: bool = True  # asked only of what is not genuine


class SignatureReach(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The categories a kind of signature bears on where neither it nor the name says, the most it may say there, and the
    vendors whose copies it can concern (empty: any)."""

    categories: tuple[str, ...]
    most: str
    vendors: tuple[str, ...] = ()


class PointItem(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One line of the point table: which figure of which category, its weight, and between which values it earns points."""

    category: str
    by: str
    weight: float
    zero_at: float
    full_at: float


class Grade(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A grade and the lowest points that earn it."""

    code: str
    min: float


class _Collapse(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    never_in_a_suite: tuple[str, ...]


class _InUse(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    no: tuple[str, ...]


class _Fields(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    device: tuple[str, ...]
    unit: tuple[str, ...]


class _Verdicts(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    schema: int
    verdict: tuple[Verdict, ...]


class _Survey(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    schema: int
    phase: str
    in_use: _InUse
    fields: _Fields
    applications: dict[str, str]
    collapse: _Collapse
    signature: dict[str, SignatureReach]
    points: tuple[PointItem, ...]
    grade: tuple[Grade, ...]


@dataclass(frozen=True, slots=True)
class Policy:
    """Everything about judging that an office may set. `verdicts` are worst first; `sha256` names this very policy.

    `device_fields` and `unit_fields` are what a survey asks of a computer and of a unit.
    """

    phase: str
    verdicts: tuple[Verdict, ...]
    not_in_use: tuple[str, ...]
    device_fields: tuple[str, ...]
    unit_fields: tuple[str, ...]
    applications: Mapping[str, str]
    never_in_a_suite: tuple[str, ...]
    signatures: Mapping[str, SignatureReach]
    points: tuple[PointItem, ...]
    grades: tuple[Grade, ...]
    sha256: str

    def verdict_table(self) -> pl.DataFrame:
        """Return one row a code: verdict, state, rank (0 is worst), base_confidence."""
        # A sort keeps the order of the file among equals: a state that the phase changes moves its verdict with it.
        ranked = sorted(self.verdicts, key=lambda verdict: _WORST_STATES.index(self.state(verdict)))
        return pl.DataFrame(
            {
                "verdict": [verdict.code for verdict in ranked],
                "state": [self.state(verdict) for verdict in ranked],
                "rank": range(len(ranked)),
                "base_confidence": [verdict.confidence for verdict in ranked],
            },
            schema={"verdict": pl.String, "state": pl.String, "rank": pl.Int64, "base_confidence": pl.Float64},
        )

    def state(self, verdict: Verdict) -> str:
        """Return what a verdict counts as in this policy's phase."""
        return verdict.strict_state if self.phase == "strict" and verdict.strict_state else verdict.state

    def states(self) -> dict[str, str]:
        """Return the state of every code."""
        return {verdict.code: self.state(verdict) for verdict in self.verdicts}

    def infringing(self) -> tuple[str, ...]:
        """Return the codes that break a right: not genuine, and not let pass like a trial within its days."""
        return tuple(verdict.code for verdict in self.verdicts if self.state(verdict) == "not_genuine" and verdict.infringing)


def load_policy(policy: Policy | str | Path | Mapping[str, Any] | None = None) -> Policy:
    """Return the built-in policy, with the keys of an office's own file (TOML) or mapping laid over it.

    Tables (`in_use`, `signature.activator`, …) are laid over key by key; lists (`points`, `grade`) are replaced whole.
    Raises InputError, naming file and key, for anything that does not fit.

    >>> load_policy({"phase": "strict"}).states()["no_evidence"]
    'not_genuine'
    """
    if isinstance(policy, Policy):
        return policy
    folder = files("licmatch_catalogs") / "policy"
    verdicts_text = (folder / "verdicts.toml").read_text(encoding="utf-8")
    survey = tomllib.loads((folder / "survey.toml").read_text(encoding="utf-8"))
    where = None if policy is None or isinstance(policy, Mapping) else Location(str(policy))
    if policy is not None:
        survey = _laid_over(survey, policy if isinstance(policy, Mapping) else read_own_file(Path(policy), "the policy file"), "", where)
    try:
        rules = msgspec.convert(survey, _Survey)
        verdicts = msgspec.convert(tomllib.loads(verdicts_text), _Verdicts).verdict
    except msgspec.ValidationError as fault:
        raise InputError(f"the policy does not fit: {fault}", where=where) from None
    _check(rules, verdicts, where)
    digest = hashlib.sha256(verdicts_text.encode() + msgspec.json.encode(survey, order="deterministic"))
    return Policy(
        phase=rules.phase,
        verdicts=verdicts,
        not_in_use=rules.in_use.no,
        device_fields=rules.fields.device,
        unit_fields=rules.fields.unit,
        applications=rules.applications,
        never_in_a_suite=rules.collapse.never_in_a_suite,
        signatures=rules.signature,
        points=rules.points,
        grades=tuple(sorted(rules.grade, key=lambda grade: -grade.min)),
        sha256=digest.hexdigest(),
    )


def _laid_over(base: dict[str, Any], own: Mapping[str, Any], prefix: str, where: Location | None) -> dict[str, Any]:
    merged = dict(base)
    for key, value in own.items():
        # Only the kinds of signatures and the applications are open lists; any other new key is a slip of the pen.
        if key not in base and prefix not in ("signature.", "applications."):
            raise InputError(f"unknown policy key {prefix + key!r}", where=where, hint=f"known here: {', '.join(sorted(base))}")
        held = base.get(key)
        merged[key] = _laid_over(held, value, f"{prefix}{key}.", where) if isinstance(held, dict) and isinstance(value, Mapping) else value
    return merged


def _check(rules: _Survey, verdicts: tuple[Verdict, ...], where: Location | None) -> None:
    faults = []
    if rules.phase not in PHASES:
        faults.append(f"phase is {rules.phase!r}, must be one of {', '.join(PHASES)}")
    faults += [f"verdict {v.code}: unknown state" for v in verdicts if {v.state, v.strict_state or v.state} - set(STATES)]
    faults += [f"signature.{kind}: most must be one of {', '.join(RISKS)}" for kind, r in rules.signature.items() if r.most not in RISKS]
    for item in rules.points:
        if item.by not in ("rate", "coverage") or item.weight < 0 or item.full_at <= item.zero_at:
            faults.append(f"points for {item.category}: `by` is rate or coverage, weight >= 0, full_at above zero_at")
    for kind, asked, columns in (("device", rules.fields.device, DEVICES), ("unit", rules.fields.unit, UNITS)):
        faults += [f"fields.{kind}: there is no column {name!r}" for name in asked if name not in columns]
    if not rules.grade:
        faults.append("there is no grade")
    if faults:
        raise InputError("the policy does not fit: " + "; ".join(faults), where=where)
