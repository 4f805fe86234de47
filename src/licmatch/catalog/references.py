"""References between catalog records: makers, editions and families that are named and nowhere to be found, ids that stand twice."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from licmatch.catalog.blocks import Lines
from licmatch.catalog.load import SourceFile, Sources
from licmatch.catalog.records import Family
from licmatch.catalog.succession import override_faults, successors
from licmatch.errors import Location


class Placing:
    """Says where a family's key stands, for as many files as are at hand."""

    def __init__(self, files: Sequence[SourceFile] = ()) -> None:
        self._files = {file.name: file for file in files}
        self._lines: dict[str, Lines] = {}

    def of(self, file: str, slug: str, key: str | None = None) -> Location:
        """Return file, line and family; without a line where the file is not at hand."""
        if file in self._files and file not in self._lines:
            self._lines[file] = Lines(self._files[file].text)
        return Location(file, self._lines[file].naming("family", "id", slug, key) if file in self._lines else None, slug)


def reference_faults(sources: Sources, files: Sequence[SourceFile] = (), lost: Collection[str] = ()) -> list[str]:
    """Return every dangling reference and every id that stands twice, each once.

    `files` are those the records were read from, for the lines; `lost` are slugs of families that could not be read, of which nothing
    that names them is to blame.
    """
    makers = {vendor.name for vendor in sources.vendors}
    editions = {edition.id for edition in sources.editions}
    placing = Placing(files)
    faults: list[str] = []
    families: set[str] = set()
    for file, category, family in sources.families:
        identity = f"{category}.{family.id}"
        if identity in families:
            faults.append(f"{placing.of(file, family.id, 'id')}: family id {identity!r} stands twice")
        families.add(identity)
    for file, category, family in sources.families:
        missing = (
            *_of_makers(family, makers), *_of_families(family, category, families, lost), *_of_editions(family, editions)
        )  # fmt: skip
        faults += [f"{placing.of(file, family.id, key)}: {text}" for key, text in missing]
    if not lost:
        successors(sources.retired, families, faults)
    faults += override_faults(sources.overrides)
    return list(dict.fromkeys(faults))


def _of_makers(family: Family, makers: Collection[str]) -> Iterator[tuple[str, str]]:
    for key, what, name in (("vendor", "vendor", family.vendor), *(("publishers", "publisher", name) for name in family.publishers)):
        if name not in makers:
            yield key, f"{what} {name!r} is not in the vendors catalog; add a block [[vendor]] with this name"


def _of_families(family: Family, category: str, families: Collection[str], lost: Collection[str]) -> Iterator[tuple[str, str]]:
    for key, slug in (*(("inside", slug) for slug in family.inside), *(("builds", build.family) for build in family.builds)):
        identity = family_id(category, slug, families)
        if identity not in families and slug.rpartition(".")[2] not in lost:
            yield key, f"family {identity!r} does not exist"


def _of_editions(family: Family, editions: Collection[str]) -> Iterator[tuple[str, str]]:
    for key, named in (
        ("editions", family.editions),
        ("edition_words", family.edition_words.values()),
        ("edition_licences", family.edition_licences),
        ("releases", editions_of_releases(family)),
    ):
        for edition in named:
            if edition and edition not in editions:
                yield key, f"edition {edition!r} is not in the vocabulary"


def editions_of_releases(family: Family) -> list[str]:
    """Return the editions that words of a release, or the release itself, mean."""
    return [edition for release in family.releases for edition in (*release.edition_words.values(), release.edition) if edition]


def family_id(category: str, slug: str, families: Collection[str]) -> str:
    """Return the id a family is named by: a slug within its category, or the whole id of one in another.

    >>> family_id("office", "word", set()), family_id("other", "os.tails", {"os.tails"})
    ('office.word', 'os.tails')
    """
    return slug if "." in slug and slug in families else f"{category}.{slug}"
