"""The workflow of a jurisdiction: which step must be done before which, whose task each is, and where a place stands."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import msgspec

from licmatch.errors import CatalogError
from licmatch.programme.reading import Table, read_toml


class Role(Table, frozen=True):
    """A role of the programme and its duty."""

    id: str
    zh: str
    en: str
    duty_zh: str
    duty_en: str


class Step(Table, frozen=True, rename={"with_": "with"}):
    """A step: what goes before it, who must act, who must agree, and who proposes."""

    id: str
    zh: str
    en: str
    role: str
    after: tuple[str, ...] = ()
    with_: tuple[str, ...] = ()  # written `with`: who takes part
    proposer: str | None = None
    approver: str | None = None
    level: str = "own"  # own | superior
    instead_of: str | None = None  # doing this step does that one
    branch: str | None = None  # only where an inspection ended so
    source: str = ""


class Separation(Table, frozen=True):
    """Two who must not be the same."""

    id: str
    kind: str
    zh: str
    en: str
    roles: tuple[str, ...] = ()


class _File(Table, frozen=True):
    schema: int
    id: str
    role: tuple[Role, ...]
    step: tuple[Step, ...]
    separation: tuple[Separation, ...] = ()


@dataclass(frozen=True, slots=True)
class Workflow:
    """Steps in an order that keeps every precedence; `before` has, for each step, all steps that must be done earlier."""

    id: str
    roles: Mapping[str, Role]
    steps: Mapping[str, Step]
    separations: tuple[Separation, ...]
    before: Mapping[str, frozenset[str]]

    def main(self, branches: Collection[str] = ()) -> tuple[Step, ...]:
        """Return the steps that a place goes through: no alternatives, and only the branches it is on."""
        return tuple(step for step in self.steps.values() if step.instead_of is None and (step.branch is None or step.branch in branches))

    def done(self, recorded: Collection[str]) -> frozenset[str]:
        """Return the steps that count as done: those recorded, and what an alternative stands for.

        >>> sorted(load_workflow().done({"advance_approved"}))
        ['advance_approved', 'budgeted']
        """
        stands_for = {step.instead_of for step in self.steps.values() if step.id in recorded and step.instead_of}
        return frozenset(recorded) | frozenset(stands_for)

    def open_now(self, done: Collection[str], branches: Collection[str] = ()) -> tuple[Step, ...]:
        """Return the steps not yet done whose predecessors all are: what can be acted upon."""
        steps = self.main(branches)
        going = {step.id for step in steps}
        return tuple(step for step in steps if step.id not in done and all(one in done for one in step.after if one in going))

    def blockers(self, step: str, done: Collection[str], branches: Collection[str] = ()) -> tuple[Step, ...]:
        """Return the steps that can be acted upon and on whose doing the step waits; nothing where the step is done or itself open.

        >>> [one.id for one in load_workflow().blockers("tendered", {"planned", "group_established", "surveying", "surveyed"})]
        ['identified', 'varieties_approved']
        """
        if step in done:
            return ()
        return tuple(one for one in self.open_now(done, branches) if one.id in self.before[step])

    def reached(self, done: Collection[str], branches: Collection[str] = ()) -> str | None:
        """Return the furthest step that is done together with everything before it: of several the one with the longest way behind it."""
        going = {step.id for step in self.main(branches)}
        whole = [step.id for step in self.main(branches) if step.id in done and self.before[step.id] & going <= set(done)]
        return max(whole, key=lambda step: len(self.before[step]), default=None)


def load_workflow(before: Mapping[str, tuple[str, ...]] | None = None) -> Workflow:
    """Return the built-in workflow, with further precedences (step -> steps before it). Raises CatalogError where it has a circle.

    >>> "trained" in load_workflow().before["accepted"], "varieties_approved" in load_workflow().before["tendered"]
    (False, True)
    """
    return _made(tuple(sorted((before or {}).items())))


@cache
def _made(before: tuple[tuple[str, tuple[str, ...]], ...]) -> Workflow:
    read, more = _built_in(), dict(before)
    after = {step.id: (*step.after, *more.get(step.id, ())) for step in read.step}
    unknown = {one for names in after.values() for one in names} - after.keys()
    if unknown:
        raise CatalogError(f"the workflow has no step {sorted(unknown)[0]!r}")
    order = _ordered(after)
    steps = {step.id: step for step in read.step}
    made = {name: _with_after(steps[name], after[name]) for name in order}
    earlier: dict[str, frozenset[str]] = {}
    for name in order:
        earlier[name] = frozenset(after[name]).union(*(earlier[one] for one in after[name]))
    return Workflow(read.id, {role.id: role for role in read.role}, made, read.separation, earlier)


@cache
def _built_in() -> _File:
    return read_toml(files("licmatch_catalogs") / "workflow" / "government.toml", _File, "the workflow")[0]


def _with_after(step: Step, after: tuple[str, ...]) -> Step:
    return msgspec.structs.replace(step, after=after)


def _ordered(after: Mapping[str, tuple[str, ...]]) -> list[str]:
    """Every step after those before it, otherwise as written."""
    placed: list[str] = []
    waiting = list(after)
    while waiting:
        ready = next((name for name in waiting if all(one in placed for one in after[name])), None)
        if ready is None:
            raise CatalogError(f"the steps of the workflow wait for each other: {', '.join(waiting)}")
        placed.append(ready)
        waiting.remove(ready)
    return placed
