"""What the catalogs say of families, editions, releases, licences and signatures, as tables: the facts of the later stages."""

from __future__ import annotations

from functools import cached_property

import polars as pl

from licmatch.catalog import lexicon as lx


class CatalogFacts:
    """The tables of one compiled catalog, each made when it is first asked for."""

    compiled: lx.Compiled

    @cached_property
    def facts(self) -> pl.DataFrame:
        """One row a family: family_id, category, vendor, family, role, licence, origin, channel, support_ends."""
        vendors = self.compiled.vendors
        return pl.DataFrame(
            [
                (
                    family.id,
                    family.category,
                    vendors[family.vendor].name,
                    family.name,
                    family.role,
                    family.licence,
                    family.origin,
                    family.channel,
                    family.support_ends,
                )
                for family in self.compiled.families
            ],
            schema={
                "family_id": pl.String,
                "category": pl.String,
                "vendor": pl.String,
                "family": pl.String,
                "role": pl.String,
                "licence": pl.String,
                "origin": pl.String,
                "channel": pl.String,
                "support_ends": pl.Date,
            },
            orient="row",
        )

    @cached_property
    def editions(self) -> pl.DataFrame:
        """One row an edition: edition_id, title, org_use (False: an organisation may not use it)."""
        return pl.DataFrame(
            [(edition.id, edition.title, edition.org_use) for edition in self.compiled.editions],
            schema={"edition_id": pl.String, "title": pl.String, "org_use": pl.Boolean},
            orient="row",
        )

    @cached_property
    def releases(self) -> pl.DataFrame:
        """One row a listed release: family_id, release_id, release, support_ends."""
        rows = [
            (family.id, release.id, release.id, release.support_ends) for family in self.compiled.families for release in family.releases
        ]
        rows += [
            (family.id, family.release_in_name, family.release_in_name, family.support_ends)
            for family in self.compiled.families
            if family.release_in_name and all(release.id != family.release_in_name for release in family.releases)
        ]
        return pl.DataFrame(
            rows, schema={"family_id": pl.String, "release_id": pl.String, "release": pl.String, "support_ends": pl.Date}, orient="row"
        )

    @cached_property
    def licences(self) -> pl.DataFrame:
        """One row where an edition or a release is licensed otherwise than its family: family_id, edition_id, release_id, licence."""
        families = self.compiled.families
        rows: list[tuple[str, str | None, str | None, str]]
        rows = [(family.id, edition, None, licence) for family in families for edition, licence in family.edition_licences.items()]
        rows += [(family.id, None, release.id, release.licence) for family in families for release in family.releases if release.licence]
        return pl.DataFrame(rows, schema=dict.fromkeys(("family_id", "edition_id", "release_id", "licence"), pl.String), orient="row")

    @cached_property
    def signatures(self) -> pl.DataFrame:
        """One row a signature: signature_id, kind, evidence, confidence, memory, affects, vendor, title_zh, title_en."""
        return pl.DataFrame(
            [
                (s.id, s.kind, s.evidence, s.confidence, s.memory, list(s.affects), s.vendor, s.title_zh, s.title)
                for s in self.compiled.signatures
            ],
            schema={
                "signature_id": pl.String,
                "kind": pl.String,
                "evidence": pl.String,
                "confidence": pl.Float64,
                "memory": pl.Boolean,
                "affects": pl.List(pl.String),
                "vendor": pl.String,
                "title_zh": pl.String,
                "title_en": pl.String,
            },
            orient="row",
        )
