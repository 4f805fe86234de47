"""The catalog format as frozen records: what a family file, a vocabulary and a signature file may hold.

Unknown keys are errors, everything is a string unless it is a date, a number or a switch, and nothing here runs code.
`docs/reference/catalog_format.md` shows one fully commented file.
"""

from __future__ import annotations

from datetime import date

from msgspec import Struct, field


class Release(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, gc=False):
    """One release of a family: the number or year that names the product line."""

    id: str  # as shown in lm_release: "2016", "12.1", "V10"
    words: tuple[str, ...] = ()  # further ways to write it: "2002" = ("xp",); the id itself is always one
    versions: tuple[str, ...] = ()  # prefixes of a version number that mean this release: "12." , "6.3"
    edition: str | None = None  # a release word that also names the edition
    edition_words: dict[str, str] = field(default_factory=dict)  # words that mean another edition in this release only
    support_ends: date | None = None
    licence: str | None = None  # where this release was sold otherwise than the family: free since 2011
    note: str | None = None


class Identifier(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A package identifier that proves the family; `?` in the value stands for any one character."""

    value: str
    edition: str | None = None
    release: str | None = None
    role: str | None = None
    channel: str | None = None


class Build(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A range of version numbers under which this name means another family (Windows 10 at build 22000 is 11)."""

    family: str  # slug within the same category
    since: str  # first version, inclusive, compared number by number
    until: str | None = None  # first version no longer meant


class Family(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """One product line as its maker names it, with everything needed to recognise a string that means it."""

    id: str  # slug; the family id is "<category>.<id>"
    name: str  # lm_family
    vendor: str  # lm_vendor; a canonical name of the vendors catalog
    names: tuple[str, ...] = ()  # distinctive names, any language; "(a|b|)" expands to alternatives
    weak: tuple[str, ...] = ()  # names that need a second witness: vendor, publisher, release, edition or class word
    alone: tuple[str, ...] = ()  # distinctive only where nothing unexplained stands beside it: "AVG", "Tails"
    generic: tuple[str, ...] = ()  # names that need the vendor itself: vendor word or publisher
    memory: tuple[str, ...] = ()  # names known from memory only: score at most 0.80, never a finding alone
    weak_memory: tuple[str, ...] = ()  # as `weak`, known from memory only
    role: str = "product"
    licence: str = "commercial"  # commercial | subscription | free | open_source | free_personal | bundled | unknown
    edition_licences: dict[str, str] = field(default_factory=dict)  # editions licensed otherwise: { free = "free_personal" }
    origin: str = "foreign"  # domestic | foreign | open
    publishers: tuple[str, ...] = ()  # further vendors that publish it rightfully (takeovers, national partners)
    # Publishers of the package that runs this system inside another one (a Store app): under them the name is a component.
    guest_publishers: tuple[str, ...] = ()
    inside: tuple[str, ...] = ()  # slugs of families whose names may stand beside this one: Word inside Microsoft Office
    editions: tuple[str, ...] = ()  # edition ids this family is sold in
    edition_words: dict[str, str] = field(default_factory=dict)  # this family's own words -> edition id
    releases: tuple[Release, ...] = ()
    release_numbers: str = "none"  # how unlisted numbers read: none | major | major.minor | year | any
    release_prefix: str = ""  # put before a number read that way: "V" for Kylin V10
    release_from_version: str = "none"  # read the release from the version column too: none | major | major.minor
    release_in_name: str | None = None  # the release this family's own name ends in: "10" of Windows 10
    tails: tuple[str, ...] = ()  # words that may follow and say nothing: code names, variants
    not_: tuple[str, ...] = field(default=(), name="not")  # look-alikes: this longer name is something else
    companions: dict[str, tuple[str, ...]] = field(default_factory=dict)  # role -> names of things that come with it
    ids: tuple[Identifier, ...] = ()
    builds: tuple[Build, ...] = ()
    channel: str | None = None  # channel every string of this family has: subscription
    support_ends: date | None = None
    note: str | None = None
    sources: tuple[str, ...] = ()
    checked: date | None = None


class Vendor(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A maker: canonical name, the words that stand for it inside product names, and its publisher spellings."""

    name: str
    words: tuple[str, ...] = ()  # inside product names: "microsoft", "微软"
    publishers: tuple[str, ...] = ()  # whole publisher strings, legal forms left out: "beijing qihu technology"
    weak: tuple[str, ...] = ()  # words that also mean something else: matched in publishers only
    category: str | None = None  # a maker of this category only: an unknown name of its may be such a product
    country: str | None = None
    successor: str | None = None  # canonical name of who took it over


class VendorFile(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    schema: int
    vendor: tuple[Vendor, ...]


class Edition(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """One edition as it is shown, and the morphemes that make it up in any language."""

    id: str
    title: str
    parts: tuple[str, ...] = ()  # default: the id itself
    org_use: bool = True  # False: an organisation may not use it (home, personal, student)


class EditionFile(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    schema: int
    edition: tuple[Edition, ...]
    words: dict[str, dict[str, tuple[str, ...]]]  # language -> word or phrase -> morphemes


class WordFile(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """The shared vocabularies: each table maps a meaning to its words in all languages."""

    schema: int
    role: dict[str, tuple[str, ...]]  # update, language_pack, component, tool, driver, server
    weak_role: dict[str, tuple[str, ...]]  # words that make a companion only where nothing better explains them
    class_: dict[str, tuple[str, ...]] = field(name="class")  # category or "any" -> class nouns
    channel: dict[str, tuple[str, ...]]
    platform: tuple[str, ...]
    arch: tuple[str, ...]
    locale: tuple[str, ...]
    noise: tuple[str, ...]
    connector: tuple[str, ...]  # and, of, with
    target: tuple[str, ...]  # for, für, pour: what follows is a platform or host, not the product
    release_mark: tuple[str, ...]  # version, v, ver, 版本: a number follows
    service_pack: tuple[str, ...]


class Retired(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A product or family id that is no longer given, and the one that stands for it."""

    id: str
    successor: str
    since: date
    reason: str


class RetiredFile(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    schema: int
    retired: tuple[Retired, ...]


class Override(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, gc=False):
    """A site's own answer for exact names or for a product, above every catalog, in somebody's name and until a day."""

    id: str
    answer: str  # a product id of any catalog, or "ignore"
    owner: str
    reason: str
    until: date  # the last day on which it acts
    names: tuple[str, ...] = ()  # exact once normalised; "(a|b|)" stands for alternatives
    product: str | None = None  # or: everything the catalogs recognise as this product
    publisher: str | None = None  # only by this publisher
    was: str = "unknown"  # what the catalogs said when it was written: a product id, "unknown" or "ambiguous"
    keeps: tuple[str, ...] = ()  # names that must go on getting its answer


class OverrideFile(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    schema: int
    override: tuple[Override, ...]


class SignatureExample(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, gc=False):
    text: str
    why: str | None = None


class Signature(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, gc=False):
    """One known trace of unlicensed use, for one kind of evidence."""

    id: str  # for ever
    title: str
    title_zh: str
    kind: str  # activator, crack, keygen, repack_os, mod_os, boot_disk ...
    evidence: str  # evidence kind: installed_program, file_name, service ...
    match: str  # exact | word | substring | regex | basename | path | host
    patterns: tuple[str, ...]
    confidence: float  # P(unlicensed use | this trace alone on an ordinary office computer)
    examples: tuple[str, ...]
    counter_examples: tuple[SignatureExample, ...]
    exclude: tuple[str, ...] = ()  # words that explain the hit away: 破解版权
    memory: bool = False  # known from general knowledge only: at most an indication
    affects: tuple[str, ...] = ()  # categories it bears on; empty: os and office
    sources: tuple[str, ...] = ()
    vendor: str | None = None  # maker of the software it works on, where that is one: Adobe
    ignore: tuple[str, ...] = ()  # files it says nothing about, by their endings: documents, code


class SignatureFile(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    schema: int
    signature: tuple[Signature, ...]
