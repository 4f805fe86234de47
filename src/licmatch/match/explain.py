"""Telling why: the steps a name went through, what each phrase means, the winner, the runner-up, and what the others lost by."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from licmatch.catalog import lexicon as lx
from licmatch.match.decide import Decision
from licmatch.match.notebook import explanation_html
from licmatch.match.result import Match
from licmatch.match.said import Said, listed
from licmatch.match.weigh import ACCEPT, Weighing
from licmatch.messages import environment_language, message
from licmatch.messages.width import display_width
from licmatch.normalize import NORMALIZER
from licmatch.normalize.fields import LocatedField
from licmatch.normalize.mojibake import DAMAGE
from licmatch.normalize.spans import Traced, TracedStep
from licmatch.signatures import Hit

if TYPE_CHECKING:
    from licmatch.match.fuzzy import PackExplanation

# Steps that touch nearly every character: what they did is in the text after them, and in `as_dict`.
_EVERYWHERE = ("lower_case", "pad_tokens")
_SHOWN_EDITS = 4


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why a name got its answer; `as_text` for people, `as_dict` for programs."""

    match: Match
    trace: Traced
    fields: tuple[LocatedField, ...]
    phrases: tuple[tuple[str, tuple[Said, ...]], ...]  # (phrase, meanings)
    winner: tuple[Said, ...]  # evidence lines
    others: tuple[tuple[str, float, tuple[Said, ...]], ...]
    signatures: tuple[tuple[str, str, float], ...]

    @property
    def steps(self) -> tuple[tuple[str, str], ...]:
        """(step, text after it) for every step of the normaliser that changed the name."""
        return tuple((step.step, step.text) for step in self.trace.changes)

    @property
    def runner_up(self) -> tuple[str, float, tuple[Said, ...]] | None:
        """The best candidate that lost, with its score and the reasons, or None."""
        return self.others[0] if self.others else None

    def as_dict(self) -> dict[str, Any]:
        """Return plain lists and strings, ready for JSON."""
        match = {field: getattr(self.match, field) for field in Match.__slots__}
        return {
            "match": match,
            "normalizer": NORMALIZER,
            "key": self.trace.key,
            "steps": [list(step) for step in self.steps],
            "edits": [
                {"step": step.step, "start": edit.start, "end": edit.end, "before": edit.before, "after": edit.after}
                for step in self.trace.changes
                for edit in step.edits
            ],
            "fields": [
                {"field": one.field, "value": one.value, "start": one.start, "end": one.end, "text": self.trace.raw[one.start : one.end]}
                for one in self.fields
            ],
            "phrases": [[phrase, listed(meanings, "en")] for phrase, meanings in self.phrases],
            "winner": list(self.winner),
            "others": [{"family": family, "score": score, "because": list(why)} for family, score, why in self.others],
            "signatures": [{"id": identity, "title": title, "confidence": confidence} for identity, title, confidence in self.signatures],
        }

    def as_html(self, lang: str = "en") -> str:
        """Return the answer and why, as HTML for a notebook, everything in it escaped."""
        return explanation_html(self, lang)

    def _repr_html_(self) -> str:
        """Return what a notebook shows, in the language of the environment."""
        return self.as_html(environment_language())

    def as_text(self, lang: str = "en") -> str:
        """Return the explanation as lines in Chinese or English."""

        def say(key: str, **values: object) -> str:
            return message(f"explain.{key}", lang, **values)

        match = self.match
        lines = [f"{_wide(say('name'))}{match.name}"]
        if match.publisher:
            lines.append(f"{_wide(say('publisher'))}{match.publisher}")
        lines += [f"  {step.step:<22}{step.text.strip()}{_edits(step)}" for step in self.trace.changes]
        lines += [
            f"  {_wide(say('field_' + one.field), 22)}{one.value}   [{one.start}:{one.end}] {self.trace.raw[one.start : one.end]!r}"
            for one in self.fields
        ]
        lines += [f"    {_wide(phrase.strip(), 30)}{listed(meanings, lang)}" for phrase, meanings in self.phrases]
        lines.append(f"{_wide(say('status'))}{say('status_' + match.status)}")
        if match.product_id:
            weight = "" if match.score is None else f" {match.score:.2f}"
            lines.append(f"{_wide(say('product'))}{match.product_id}   {say('rule')} {match.rule_id}   {match.method}{weight}")
            read = [
                f"{say(field)} {value}"
                for field, value in (
                    ("vendor", match.vendor),
                    ("family", match.family),
                    ("release", match.release),
                    ("edition", match.edition),
                    ("role", match.role),
                )
                if value
            ]
            lines.append(f"{_wide('')}{' · '.join(read)}")
        lines += [f"{_wide(say('because') if index == 0 else '')}{line.in_language(lang)}" for index, line in enumerate(self.winner)]
        for index, (family, score, why) in enumerate(self.others):
            label = (say("runner_up") if match.status == "recognised" else say("candidate")) if index == 0 else ""
            lines.append(f"{_wide(label)}{family}   {score:.2f}   {say('lost')}{listed(why, lang) or '-'}")
        if match.status == "unknown" and not self.others:
            lines.append(f"{_wide('')}{say('no_candidate')}")
        lines += [f"{_wide(say('signature'))}{identity}   {title}   {confidence:.2f}" for identity, title, confidence in self.signatures]
        if match.risk != "none":
            lines.append(f"{_wide(say('risk'))}{say('risk_' + match.risk)}")
        return "\n".join(lines)


def _wide(text: str, columns: int = 12) -> str:
    """Fill a text up to so many columns of a terminal, in which a Chinese character takes two."""
    return text + " " * (columns - display_width(text))


def _edits(step: TracedStep) -> str:
    """Return the raw spans a step changed, for the steps that change few."""
    told = [edit for edit in step.edits if edit.before.strip()] if step.step not in _EVERYWHERE else []
    shown = [f"[{edit.start}:{edit.end}] {edit.before!r}" for edit in told[:_SHOWN_EDITS]]
    return "".join(f"   {text}" for text in (*shown, *(("…",) if len(told) > _SHOWN_EDITS else ())))


def _meanings(entry: lx.Entry, compiled: lx.Compiled, winner: int | None) -> tuple[Said, ...]:
    families = compiled.families
    told = [Said("companion_of" if naming.role else "names", family=families[naming.family].id) for naming in entry.names[:4]]
    told += [Said("looks_like", family=families[index].id) for index in entry.blocks[:2]]
    told += [Said("means_edition", parts="+".join(entry.parts))] if entry.parts else []
    told += [
        Said("means_release", release=release, family=families[index].id)
        for index, release in sorted(entry.releases.items(), key=lambda item: item[0] != winner)[:2]
    ]
    told += [Said("means_role", role=entry.role or entry.weak_role)] if entry.role or entry.weak_role else []
    told += [Said("means_maker", maker=compiled.vendors[vendor].name) for vendor in entry.vendors]
    told += [Said("means_category", categories=", ".join(entry.classes))] if entry.classes else []
    told += [Said("means_channel", channel=entry.channel)] if entry.channel else []
    told += [Said("means_host")] if entry.flags & lx.TARGET else []
    told += [Said("means_nothing")] if entry.flags & (lx.FREE | lx.PLATFORM) and not told else []
    return tuple(told) or (Said("means_elsewhere"),)


def _unread(text: str) -> tuple[Said, ...]:
    return (Said("unread_damage" if text == DAMAGE else "unread"),)


def _reasons(weighing: Weighing) -> tuple[Said, ...]:
    return tuple(Said(f"note_{what}", text=" ".join(text.split()), amount=amount) for what, text, amount in weighing.notes)


def explain(
    match: Match,
    decision: Decision,
    compiled: lx.Compiled,
    hits: tuple[Hit, ...],
    hidden: list[tuple[str, str, str]],
    trace: Traced,
    fields: Iterable[LocatedField],
    override: str | None = None,
) -> Explanation:
    """Put one decision into words. Nothing is decided here: the weighings are those the decision was made of."""
    families = compiled.families
    winner: list[Said] = []
    if override is not None:
        without = "product" if decision.product_id else decision.status
        winner = [Said(f"override_{without}", rule=match.rule_id, told=override, product=decision.product_id)]
    elif decision.winner is not None:
        named = " ".join(decision.winner.key.split())
        winner = [Said("named", text=named, family=families[decision.winner.family].id), *_reasons(decision.winner)]
    elif match.method == "identifier":
        winner = [Said("identified")]
    others: list[tuple[str, float, tuple[Said, ...]]] = []
    for weighing in decision.others:
        why = _reasons(weighing)
        if weighing.score < ACCEPT:
            why = (*why, Said("below", score=weighing.score, least=ACCEPT))
        elif decision.winner is not None:
            why = (*why, Said("lower", by=decision.winner.rank - weighing.rank))
        others.append((families[weighing.family].id, round(weighing.score, 2), why))
    told = {family for family, _, _ in others} | ({families[decision.winner.family].id} if decision.winner else set())
    for family, name, over in hidden:
        if family not in told:
            told.add(family)
            part = Said("part_of", text=" ".join(name.split()), longer=" ".join(over.split()))
            others.append((family, 0.0, (part,)))
    won = decision.winner.family if decision.winner else None
    phrases = tuple(
        (" ".join(segment.text.split()), _meanings(segment.entry, compiled, won) if segment.entry else _unread(segment.text))
        for segment in decision.segments
    )
    return Explanation(
        match,
        trace,
        tuple(fields),
        phrases,
        tuple(winner),
        tuple(others),
        tuple((hit.signature.id, hit.signature.title, hit.confidence) for hit in hits),
    )


def with_packs(explanation: Explanation, told: Iterable[PackExplanation]) -> Explanation:
    """Add what the site packs say, in their order; the one whose product the match names is the winner's evidence."""
    winner, others = list(explanation.winner), list(explanation.others)
    for pack in told:
        if pack.product_id is not None and pack.product_id == explanation.match.product_id:
            winner += pack.evidence()
        others += [(identity, round(share, 2), (Said("pack_share"),)) for identity, share in pack.others]
    return replace(explanation, winner=tuple(winner), others=tuple(others))
