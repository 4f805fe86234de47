"""The engine: catalogs and plugins loaded once, names decided once each. Immutable, cheap to share between threads."""

from __future__ import annotations

import copy
import hashlib
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from functools import cached_property, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import polars as pl
from msgspec.structs import replace

from licmatch.catalog import lexicon as lx
from licmatch.catalog.cache import load_compiled
from licmatch.catalog.compile import shared_roots
from licmatch.catalog.handed import handed_catalogs, refuse_ownerless
from licmatch.catalog.pack import SitePack, catalog_paths, load_pack, split_catalogs
from licmatch.catalog.records import Override, Signature
from licmatch.catalog.succession import successor_of
from licmatch.errors import UsageError
from licmatch.foreign_frames import taken_over
from licmatch.hooks import Category
from licmatch.match.answers import Answer, answer_frame, answer_of
from licmatch.match.catalog_facts import CatalogFacts
from licmatch.match.decide import UNKNOWN, Decider, Decision
from licmatch.match.distinct import Found, NameFinder, coded
from licmatch.match.explain import Explanation, explain, with_packs
from licmatch.match.fields import field_words
from licmatch.match.overrides import METHOD, Overrides, expired, split_product
from licmatch.match.publishers import UNSURE, Makers, PublisherResolver
from licmatch.match.result import Match
from licmatch.match.shapes import Shapes
from licmatch.normalize.fields import FieldWords, locate_fields, read_fields
from licmatch.normalize.name_steps import NORMALIZER, normalize, well_formed
from licmatch.normalize.one_name import key_and_text
from licmatch.normalize.spans import traced
from licmatch.plugin_loader import Plugins, load_plugins
from licmatch.schema import DECISION_COLUMNS, MATCH_COLUMNS, NAME_KEY
from licmatch.signatures import Hit, NameSignatures
from licmatch.signatures.compiled import load_sets
from licmatch.signatures.traces import TraceSignatures
from licmatch.signing import Trust, verify_pack

if TYPE_CHECKING:
    from licmatch.match.fuzzy import PackMatcher

ENGINE = "1"
_VENDOR = list(DECISION_COLUMNS).index("lm_vendor")


class Remembers(Protocol):
    """Who is asked before the engine itself: a store of decided names (`store.DecisionStore`), or a cluster that decides them."""

    def decide(self, engine: Engine, keys: pl.DataFrame) -> pl.DataFrame:
        """Return what `engine.decide(keys)` returns without it."""
        ...


class Engine(CatalogFacts):
    """Everything needed to decide names: make one with `Engine.load`, use it for as many frames as you like.

    An engine never changes, so threads and tasks share one without a lock (`asyncio.to_thread(engine.match, frame)`): matching works in
    polars and gives up the interpreter while it does. What is first asked for by several at once may be worked out more than once, with
    one answer. The exception is an engine that was given a store (`remembering`): a store is one thread's at a time.
    """

    def __init__(self, compiled: lx.Compiled, plugins: Plugins, packs: Sequence[SitePack] = ()) -> None:
        self.compiled = compiled
        self.plugins = plugins
        self.categories: tuple[Category, ...] = plugins.categories
        self.without: tuple[str, ...] = plugins.without
        self.decider = Decider(compiled)
        self._shapes = Shapes(compiled)
        self._guests = frozenset(maker for family in compiled.families for maker in family.guest_publishers)
        self._resolver = PublisherResolver(compiled)
        self._signatures = NameSignatures(compiled.signatures, load_sets(compiled.signatures))
        known = [category.id for category in self.categories]
        self._finder = NameFinder(compiled, known, self.decider.identifiers, self._signatures)
        self.packs = tuple(packs)
        self._packs = _matchers(self.packs)
        self._products = tuple(product for pack in packs for product in pack.products)
        self._overrides = Overrides(compiled.overrides, compiled, self._products)
        self._store: Remembers | None = None
        # Numbers of the keys that vouch for the catalogs it was given, where that was asked.
        self.signed_by: tuple[str, ...] = ()

    def __repr__(self) -> str:
        """Return one line: what it can recognise, and what the catalogs are."""
        counts = f"{len(self.compiled.families)} families, {len(self.compiled.signatures)} signatures, {len(self.packs)} packs"
        return f"<Engine of {', '.join(category.id for category in self.categories) or 'no category'}: {counts}>"

    @classmethod
    def load(
        cls, *, catalogs: str | Path | Iterable[str | Path] = (), builtin: bool = True, without: Iterable[str] = (),
        plugins: Plugins | None = None, trust: Trust | None = None,
    ) -> Engine:  # fmt: skip
        """Load the built-in catalogs, the installed plugins and any further catalogs or site packs.

        `catalogs` is one path or several: family files, overrides or folders of them (.toml) and site packs made by `licmatch catalog
        build`; `without` leaves plugins out. `trust` has the keys that sign `catalogs`, and says whether one that none of them signed is
        refused; what is built in or comes with a plugin is code's neighbour, and vouched for as the package is.
        Raises PluginError for a plugin that does not load or names a catalog that is not there, UsageError for a path that is none of
        these, and CatalogError with every fault of a catalog.
        """
        given = catalog_paths(catalogs)
        plugins = plugins if plugins is not None else load_plugins(without=without)
        folders, pack_files = split_catalogs(given)
        handed = handed_catalogs(plugins) if builtin else []
        # Before anything in them is read.
        held = [] if trust is None else [found for path in given if (found := verify_pack(path, trust)) is not None]
        compiled = load_compiled([*shared_roots(), *handed, *folders])
        refuse_ownerless(plugins, (family.category for family in compiled.families))
        engine = cls(compiled, plugins, [load_pack(path) for path in pack_files])
        engine.signed_by = tuple(sorted({str(found.key) for found in held}))
        return engine

    def on_day(self, day: date) -> Engine:
        """Return this engine as of a day: overrides that have run out by then do not act."""
        other = copy.copy(self)
        acting = [entry for entry in self.compiled.overrides if not expired(entry, day)]
        other._overrides = Overrides(acting, self.compiled, self._products)
        return other

    def without_overrides(self) -> Engine:
        """Return this engine without its site's overrides: what the catalogs themselves say."""
        other = copy.copy(self)
        other._overrides = Overrides((), self.compiled, ())
        return other

    @property
    def acting_overrides(self) -> tuple[Override, ...]:
        """The site's overrides that act: all of them, or those of the day given to `on_day`."""
        return self._overrides.acting

    def remembering(self, store: Remembers | None) -> Engine:
        """Return this engine asking a store of decided names first, or none; whoever opened the store saves it."""
        other = copy.copy(self)
        other._store = store
        return other

    # --- deciding ---

    def decide(self, keys: pl.DataFrame) -> pl.DataFrame:
        """Decide (name, publisher, version) rows; returns the keys with `schema.DECISION_COLUMNS`, same rows, same order.

        The rows should be distinct. Names in which a family is named are decided in Python, once for each shape.
        """
        if self._store is not None:
            return self._store.decide(self, keys)
        told = self.decide_afresh(keys)
        answers = self.with_overrides_put(told["padded"], told["publisher"], told.select(*DECISION_COLUMNS))
        return pl.concat([keys, answers], how="horizontal")

    def with_overrides_put(self, padded: pl.Series, publishers: pl.Series, decided: pl.DataFrame) -> pl.DataFrame:
        """Return decisions with those of the site's overrides in their place; same rows, same order."""
        return self._overrides.apply(padded, publishers, decided)

    def decide_afresh(self, keys: pl.DataFrame) -> pl.DataFrame:
        """Return name, publisher, version, `padded` (the name's key) and the decision columns.

        Neither a store nor the site's overrides have a say in it.
        """
        names, publishers, versions = (keys[column].cast(pl.String) for column in NAME_KEY)
        distinct, slots = coded(names)
        found = self._finder.look(distinct)
        spellings, spelling = coded(publishers)
        makers = self._resolver.resolve(spellings)
        rows = pl.DataFrame({"slot": slots, "spelling": spelling, "version": versions}).with_row_index("row")
        codes, answers = self._answers(rows.filter(found.reached.gather(slots)), distinct, found, [(raw, makers[raw]) for raw in spellings])
        code = pl.repeat(0, keys.height, dtype=pl.UInt32, eager=True)
        code = code.scatter(codes["row"], codes["code"]) if codes.height else code
        decided = answer_frame(answers)[code]
        padded = found.padded.gather(slots)
        work = pl.DataFrame({"name": names, "publisher": publishers, "version": versions, "padded": padded})
        decided = self._with_packs(work, decided)
        return pl.concat([work, self._with_witness(decided, found.word.gather(slots), spelling, spellings, makers)], how="horizontal")

    def _answers(
        self, active: pl.DataFrame, names: pl.Series, found: Found, publishers: list[tuple[str | None, Makers]]
    ) -> tuple[pl.DataFrame, list[Answer]]:
        """Decide rows that a family, an identifier or a signature reaches: `row` and `code` of each, and the answer of each code.

        Code 0 is the answer of a name that nothing reaches. Rows of one shape, maker and version are decided together, unless an
        identifier, which is itself, or a signature is in play.
        """
        blank: Answer = answer_of(UNKNOWN, (), self.compiled.vendors)
        codes = {blank: 0}
        if active.is_empty():
            return pl.DataFrame(schema={"row": pl.UInt32, "code": pl.UInt32}), list(codes)
        # Publishers that name the same makers say the same, but for the store whose packages run as guests.
        told = [(makers, self._guest(raw)) for raw, makers in publishers]
        number = {one: at for at, one in enumerate(dict.fromkeys(told))}
        by_number = list(number)
        maker = pl.Series([number[one] for one in told], dtype=pl.UInt32)
        reached = active["slot"].unique().sort()
        key = found.padded.gather(reached)
        shapes = self._shapes.of(key)
        own = found.identified.gather(reached) | reached.is_in(list(found.hits))
        table = pl.DataFrame({"slot": reached, "key": key, "shape": coded(shapes)[1], "own": own}).select(
            "slot", "shape", itself=pl.when("own").then("slot"), name=names.gather(reached),
            asked=pl.when("own").then("key").otherwise(shapes),
        )  # fmt: skip
        group = ("shape", "maker", "version", "itself")
        marked = active.with_columns(maker=maker.gather(active["spelling"])).join(
            table.select("slot", "shape", "itself"), on="slot", how="left", maintain_order="left"
        )
        marked = marked.select("row", "slot", *group)
        groups = marked.group_by(group, maintain_order=True).agg(pl.col("slot").first())
        answers: list[int] = []
        vendors, hits = self.compiled.vendors, found.hits
        asked = groups.join(table.select("slot", "name", "asked"), on="slot", how="left", maintain_order="left")
        decider = self.decider
        for name, at, version, padded, slot, itself in asked.select("name", "maker", "version", "asked", "slot", "itself").iter_rows():
            told_makers, guest = by_number[at]
            # A shape is that of no identifier.
            by_words = itself is None
            found_out = decider.by_words(padded, told_makers, version) if by_words else decider.decide(name, padded, told_makers, version)
            decision = self._as_guest(found_out, guest)
            answer = answer_of(decision, hits.get(slot, ()), vendors)
            answers.append(codes.setdefault(answer, len(codes)))
        coded_groups = groups.select(group).with_columns(pl.Series("code", answers, dtype=pl.UInt32))
        joined = marked.join(coded_groups, on=group, how="left", nulls_equal=True, maintain_order="left")
        return joined.select("row", "code"), list(codes)

    def _guest(self, publisher: str | None) -> str | None:
        """Return the publisher if some system's parts are published under it inside other systems."""
        folded = None if publisher is None else publisher.strip().casefold()
        return folded if folded in self._guests else None

    @staticmethod
    def _as_guest(decision: Decision, publisher: str | None) -> Decision:
        """A system that a Store package brings runs inside another one: it is a part there, and needs no licence of its own."""
        if decision.family is None or publisher is None or decision.role != "product":
            return decision
        return replace(decision, role="component") if publisher in decision.family.guest_publishers else decision

    def _with_packs(self, work: pl.DataFrame, decided: pl.DataFrame) -> pl.DataFrame:
        """Let site packs answer what the built-in families left unknown."""
        for pack in self._packs:
            open_rows = (decided["lm_status"] == "unknown").arg_true()
            if open_rows.len():
                found = pack.decide(work[open_rows].select("name", "publisher", "version"))
                for column in DECISION_COLUMNS:
                    if column not in ("lm_signature_id", "lm_risk"):
                        decided = decided.with_columns(decided[column].scatter(open_rows, found[column]).alias(column))
        return self._with_successors(decided) if self._packs and self.compiled.retired else decided

    def _with_successors(self, decided: pl.DataFrame) -> pl.DataFrame:
        """A pack may still name a product by an id that was retired: the answer carries the id that stands for it."""
        named = decided["lm_product_id"].unique().drop_nulls().sort().to_list()
        moved = {old: new for old in named if (new := successor_of(old, self.compiled.retired)) != old}
        families = {old: found[0].id for old, new in moved.items() if (found := split_product(new, self.compiled))}
        product = pl.col("lm_product_id")
        return decided.with_columns(
            lm_product_id=product.replace(moved),
            family_id=pl.when(product.is_in(list(families))).then(product.replace(families)).otherwise(pl.col("family_id")),
        )

    def _with_witness(
        self, decided: pl.DataFrame, word: pl.Series, spelling: pl.Series, spellings: pl.Series, makers: Mapping[str | None, Makers]
    ) -> pl.DataFrame:
        """Say of unknown names who made them, and which category their maker or a word of them speaks of."""
        vendor_of = [self.compiled.vendors[min(found)] if raw is not None and (found := makers[raw]) else None for raw in spellings]
        vendor = pl.Series([None if one is None else one.name for one in vendor_of], dtype=pl.String).gather(spelling)
        maker = pl.Series([(one.category or None) if one is not None else None for one in vendor_of], dtype=pl.String).gather(spelling)
        unknown = pl.col("lm_status") == "unknown"
        return decided.with_columns(
            lm_vendor=pl.when(unknown).then(pl.coalesce("lm_vendor", vendor)).otherwise(pl.col("lm_vendor")),
            witness=pl.when(unknown).then(pl.coalesce("witness", maker, word)).otherwise(pl.col("witness")),
        ).select(list(DECISION_COLUMNS))

    # --- the doors ---

    def match(
        self, frame: Any, *, name: str = "name", publisher: str | None = None, version: str | None = None, product_code: str | None = None
    ) -> Any:
        """Append the contract's `lm_` columns to a frame; its own columns stay first, unchanged, in order.

        `frame` is a polars DataFrame or LazyFrame (a LazyFrame gives a LazyFrame) or anything with `__arrow_c_stream__`. The
        product code (`product_code`, or the column of that name) is asked for rows whose name is not recognised and bears no signature.
        Raises UsageError when a named column is missing, the names are numbers, the frame already has an `lm_` column, or it is one of
        pandas and pyarrow (`licmatch[arrow]`) is not installed.
        """
        from licmatch.match.stream import default_columns, match_lazy

        lazy = isinstance(frame, pl.LazyFrame)
        if not lazy and not isinstance(frame, pl.DataFrame):
            if not hasattr(frame, "__arrow_c_stream__"):
                raise UsageError(f"a {type(frame).__name__} is no frame", hint="hand over polars, or anything with __arrow_c_stream__")
            frame = taken_over(frame)
        there = frame.collect_schema().names()
        publisher, version, product_code = default_columns(there, publisher, version, product_code)
        matched = match_lazy(frame.lazy(), self, name, publisher, version, product_code)
        return matched if lazy else matched.collect()

    def match_name(self, name: str, *, publisher: str | None = None, version: str | None = None) -> Match:
        """Decide one name; the same answer that `match` gives for it in a column. Raises UsageError for what is no text."""
        asked = _well_formed(name, publisher, version)
        answer: tuple[Any, ...] | None = self._at_once(*asked)
        if answer is None:
            keys = pl.DataFrame([asked], schema=dict.fromkeys(NAME_KEY, pl.String), orient="row")
            answer = self.decide(keys).select(list(MATCH_COLUMNS)).row(0)
        return Match(*asked, *answer[: len(MATCH_COLUMNS)])

    def _at_once(self, name: str | None, publisher: str | None, version: str | None) -> Answer | None:
        """Return what a column would tell of an ordinary name, without a query; None where a column has to be asked.

        That is so of names beyond the ordinary, of identifiers, of names that may bear a signature, and where packs, overrides or a
        store have a say.
        """
        if name is None or self._store is not None or self._packs or self._overrides.acting:
            return None
        told = key_and_text(name)
        if told is None or self._signatures.may_hit_one(told[1]) or self.decider.identifiers.holds(name):
            return None
        makers = self._resolver.resolve_one(publisher)
        if makers is UNSURE:
            return None
        decision = UNKNOWN
        if self.decider.names_a_family(told[0]):
            decision = self.decider.decide(name, self._shapes.of_one(told[0]), makers, version)
            decision = self._as_guest(decision, self._guest(publisher))
        answer = answer_of(decision, (), self.compiled.vendors)
        if decision.status == "unknown" and makers:
            return (*answer[:_VENDOR], self.compiled.vendors[min(makers)].name, *answer[_VENDOR + 1 :])
        return answer

    def explain(self, name: str, *, publisher: str | None = None, version: str | None = None) -> Explanation:
        """Tell how one name was read: the steps with their spans, the fields, the winner, the runner-up, and why the others lost."""
        name, publisher, version = _well_formed(name, publisher, version)
        decision = self.decision(name, publisher=publisher, version=version)
        trace = traced(name)
        hidden = self.decider.hidden(trace.key)
        hits = self._signatures.hits(pl.Series([name], dtype=pl.String)).get(0, ())
        match = self.match_name(name, publisher=publisher, version=version)
        override = self._overrides.told(match.rule_id) if match.method == METHOD and match.rule_id else None
        told = explain(match, decision, self.compiled, hits, hidden, trace, locate_fields(trace, self.field_words), override)
        # Packs are asked only for what the built-in families leave unknown, so only then do they have a say here.
        packs = self._packs if decision.status == "unknown" else ()
        return with_packs(told, (pack.explain_pack(name, publisher, version) for pack in packs))

    def decision(self, name: str, *, publisher: str | None = None, version: str | None = None) -> Decision:
        """Return the decision of the built-in layers for one name, with all its weighings."""
        name, publisher, version = _well_formed(name, publisher, version)
        makers = self._resolver.resolve(pl.Series([publisher], dtype=pl.String))
        return self.decider.decide(name, normalize(pl.Series([name], dtype=pl.String))[0], makers[publisher], version)

    def fields(self, frame: pl.DataFrame | pl.LazyFrame, *, name: str = "name") -> pl.DataFrame:
        """Return what the distinct names of a frame say beside their product: name, key and a List(String) for each of `normalize.FIELDS`.

        Sorted by name, one row a distinct name that is not null; join it back by name. Raises UsageError for a missing column.
        """
        if name not in frame.collect_schema().names():
            raise UsageError(f"there is no column '{name}'", hint="the columns are: " + ", ".join(frame.collect_schema().names()))
        listed = frame.lazy().select(pl.col(name).cast(pl.String)).drop_nulls().unique().collect(engine="streaming").to_series().sort()
        return read_fields(listed.rename("name"), self.field_words)

    def makers(self, publishers: Sequence[str | None]) -> dict[str | None, Makers]:
        """Return {publisher: indexes of the makers it names}: None where there is no publisher, empty where nobody knows it."""
        return self._resolver.resolve(pl.Series(_well_formed(*publishers), dtype=pl.String))

    def name_hits(self, names: pl.Series) -> dict[int, tuple[Hit, ...]]:
        """Return {row: signatures of unlicensed use its name bears, strongest first}."""
        return self._signatures.hits(names)

    # --- what else the later stages ask ---

    @cached_property
    def field_words(self) -> FieldWords:
        """The words that fields are read from: the shared ones and those of these catalogs."""
        return field_words(self.compiled)

    @cached_property
    def trace_signatures(self) -> TraceSignatures:
        """The signatures of every kind of trace, compiled."""
        return _trace_signatures(self.compiled.signatures)

    @cached_property
    def versions(self) -> dict[str, str]:
        """Versions and content hashes that a result carries: engine, normaliser, catalogs, packs."""
        packs = hashlib.blake2b("".join(pack.hash for pack in self._packs).encode(), digest_size=16).hexdigest() if self._packs else ""
        return {
            "engine": ENGINE,
            "normalizer": NORMALIZER,
            "catalog": self.compiled.source_hash,
            "packs": packs,
            "families": str(len(self.compiled.families)),
            "signatures": str(len(self.compiled.signatures)),
            **({"signed_by": ";".join(self.signed_by)} if self.signed_by else {}),
        }


@lru_cache(maxsize=4)
def _trace_signatures(signatures: tuple[Signature, ...]) -> TraceSignatures:
    # An engine for another day, or with other packs, asks the same signatures: they are compiled once.
    return TraceSignatures(signatures)


def _matchers(packs: tuple[SitePack, ...]) -> tuple[PackMatcher, ...]:
    if not packs:
        return ()
    from licmatch.match.fuzzy import PackMatcher  # brings numpy, which an engine without packs loads without

    return tuple(PackMatcher(pack) for pack in packs)


def _well_formed(*texts: str | None) -> list[Any]:
    for text in texts:
        if text is not None and not isinstance(text, str):
            raise UsageError(f"{text!r} is no text", hint="a name, a publisher and a version are str; a column of them goes to `match`")
    return [None if text is None else well_formed(text) for text in texts]
