"""What a change of catalogs changes: families, names, and the answers for the examples of both sides and for names of one's own."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import polars as pl

from licmatch.catalog.compile import compile_files
from licmatch.catalog.load import catalog_files
from licmatch.errors import CatalogError
from licmatch.match.engine import Engine
from licmatch.match.examples import Example, builtin_folders, read_examples
from licmatch.plugin_loader import load_plugins
from licmatch.schema import NAME_KEY

BUILTIN = "builtin"
CHANGED = (*NAME_KEY, "old", "new")


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two catalogs compared: its engine and its examples."""

    engine: Engine
    examples: tuple[Example, ...]


@dataclass(frozen=True, slots=True)
class CatalogDiff:
    """`changed` has name, publisher, version, old, new, sorted; names are `family: words`; `asked` is how many names were compared."""

    families_added: tuple[str, ...]
    families_removed: tuple[str, ...]
    names_added: tuple[str, ...]
    names_removed: tuple[str, ...]
    asked: int
    changed: pl.DataFrame

    def as_dict(self) -> dict[str, object]:
        """Return plain lists, ready for JSON."""
        lists = {field: list(getattr(self, field)) for field in ("families_added", "families_removed", "names_added", "names_removed")}
        return {**lists, "asked": self.asked, "changed": self.changed.to_dicts()}


def load_side(what: str | Path) -> Side:
    """Load one side: `builtin`, a whole catalog tree, or a folder, family file or pack as it sits on the built-in catalogs.

    A folder that brings its own vocabulary is a whole tree and is read alone, as an older version of the built-in catalogs is.
    Raises CatalogError and UsageError as `Engine.load` does.
    """
    if str(what) == BUILTIN:
        engine = Engine.load()
        return Side(engine, tuple(read_examples(builtin_folders(engine))))
    path = Path(what)
    if path.is_dir():
        try:
            engine = Engine(compile_files(catalog_files([path])), load_plugins())
        except CatalogError as alone:
            if not any("shared word lists" in fault for fault in alone.faults):
                raise
            engine = Engine.load(catalogs=[path])
    else:
        engine = Engine.load(catalogs=[path])
    return Side(engine, tuple(read_examples([path])))


def diff_catalogs(old: Side, new: Side, names: pl.DataFrame | None = None) -> CatalogDiff:
    """Compare two catalogs; `names` (name, publisher, version) are asked beside the examples of both sides."""
    told = [(example.raw, example.publisher, example.version) for side in (old, new) for example in side.examples]
    keys = pl.DataFrame(told, schema=dict.fromkeys(NAME_KEY, pl.String), orient="row")
    if names is not None:
        keys = pl.concat([keys, names.select(pl.col(column).cast(pl.String) for column in NAME_KEY)])
    keys = keys.unique().sort(NAME_KEY, nulls_last=False)
    answers = keys.with_columns(old=_answers(old, keys), new=_answers(new, keys))
    families = [{family.id for family in side.engine.compiled.families} for side in (old, new)]
    written = [_names(side) for side in (old, new)]
    return CatalogDiff(
        tuple(sorted(families[1] - families[0])),
        tuple(sorted(families[0] - families[1])),
        tuple(sorted(written[1] - written[0])),
        tuple(sorted(written[0] - written[1])),
        keys.height,
        answers.filter(pl.col("old") != pl.col("new")).select(CHANGED),
    )


def _answers(side: Side, keys: pl.DataFrame) -> pl.Series:
    """Return the answer of each name as one text: product id, with its role where it is a companion, or the status."""
    answer = pl.coalesce("lm_product_id", "lm_status")
    role = pl.when(pl.col("lm_role").is_in(["product", "standalone_app", "server"]).fill_null(True)).then(pl.lit("")).otherwise(
        pl.concat_str(pl.lit(" as "), "lm_role")
    )  # fmt: skip
    return side.engine.decide(keys).select(pl.concat_str(answer, role)).to_series()


def _names(side: Side) -> set[str]:
    compiled = side.engine.compiled
    return {
        f"{compiled.families[naming.family].id}: {' '.join(key.split())}"
        for key, entry in zip(compiled.keys, compiled.entries, strict=True)
        for naming in entry.names
    }
