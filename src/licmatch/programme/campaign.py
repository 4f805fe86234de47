"""The campaign file: who the units are, who holds which role, and what was done, each with its day and its paper."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from msgspec import field

from licmatch.programme.reading import Table

TOPICS = ("copyright", "operation", "asset_management")
TOPIC_WORDS = {"著作权保护": "copyright", "软件操作": "operation", "软件资产管理": "asset_management"}
OUTCOMES = ("passed", "rectify")
LEVELS = ("self", "city")


class UnitRecord(Table, frozen=True):
    """A unit, with the columns of the units table that a campaign needs."""

    unit_id: str
    name: str
    parent_id: str | None = None
    tier: str = "department"
    org_type: str | None = None


class RoleRecord(Table, frozen=True):
    """Who holds a role: for a unit, for several, or for every unit of a tier (`{unit}` in the holder's name is then the unit's)."""

    role: str
    holder: str
    unit: str | None = None
    units: tuple[str, ...] = ()
    tier: str | None = None
    person: str | None = None
    aliases: tuple[str, ...] = ()


class Member(Table, frozen=True):
    """A member of a leading group; `role` is the role that the member's department has."""

    name: str
    post: str = ""
    role: str | None = None
    head: bool = False


class GroupRecord(Table, frozen=True):
    """A leading group and the document that set it up."""

    unit: str
    established_on: date
    document_no: str | None = None
    office: str | None = None
    member: tuple[Member, ...] = ()


class DocumentRecord(Table, frozen=True):
    """A document: a plan, a rule in force (`policy`), a notice."""

    unit: str
    kind: str
    title: str
    document_no: str | None = None
    issued_on: date | None = None
    ends_on: date | None = None


class StepRecord(Table, frozen=True):
    """A step of the workflow that was begun or done, by whom, and who proposed and approved it."""

    unit: str
    step: str
    on: date | None = None
    started_on: date | None = None
    by: str | None = None
    proposed_by: str | None = None
    approved_by: str | None = None
    document_no: str | None = None


class ReportRecord(Table, frozen=True):
    """A unit handed in its survey form."""

    unit: str
    on: date
    form: str = "survey_form"


class SubmissionRecord(Table, frozen=True):
    """A paper handed up: roster, summary_form, work_summary, or any other the programme names; `period` where it comes again."""

    unit: str
    what: str
    on: date
    period: str | None = None
    document_no: str | None = None


class TrainingRecord(Table, frozen=True):
    """A training session: its topics, who was expected and who came."""

    unit: str
    on: date
    topics: tuple[str, ...]
    expected: int = 0
    attended: int = 0
    lecturer: str | None = None
    sheet: str | None = None


class QuantityRecord(Table, frozen=True):
    """What the verification says is to be bought of a product."""

    unit: str
    product: str
    to_buy: int


class BudgetRecord(Table, frozen=True):
    """The two money lines, in yuan; `advance`: paid this year out of next year's budget."""

    unit: str
    year: int
    software_cost: Decimal
    work_cost: Decimal = Decimal(0)
    advance: bool = False
    document_no: str | None = None


class ContractRecord(Table, frozen=True):
    """A line of a contract."""

    unit: str
    contract_no: str
    product: str
    quantity: int
    unit_price: Decimal
    signed_on: date
    category: str | None = None
    supplier: str = ""
    bought_by: str | None = None
    reason: str | None = None


class HandoverRecord(Table, frozen=True):
    """Licences that arrived, were handed out to a unit, or were installed there."""

    unit: str
    contract_no: str
    product: str
    quantity: int
    on: date
    to: str | None = None
    accepted_by: str | None = None


class InvoiceRecord(Table, frozen=True):
    """An invoice that was paid or is to be."""

    unit: str
    number: str
    supplier: str
    amount: Decimal
    on: date
    contract_no: str | None = None


class TeamMember(Table, frozen=True):
    """A person of an inspection team and the unit they come from."""

    name: str
    unit: str


class InspectionRecord(Table, frozen=True):
    """An inspection of a place: by its own level or by the city; `units` were visited, `computers` looked at, `passed` of them sound."""

    unit: str
    on: date
    level: str
    outcome: str | None = None
    units: tuple[str, ...] = ()
    again: bool = False
    document_no: str | None = None
    team: tuple[TeamMember, ...] = ()
    computers: int = 0
    passed: int = 0


class IssueRecord(Table, frozen=True):
    """A problem that an inspection found."""

    unit: str
    found_on: date
    text: str = ""
    closed_on: date | None = None


class LedgerRecord(Table, frozen=True):
    """One of the ledgers and when it was last brought up to date."""

    unit: str
    kind: str
    updated_on: date


class CountRecord(Table, frozen=True):
    """A count by hand for an input of the rubric."""

    unit: str
    input: str
    value: int | bool


class DueRecord(Table, frozen=True):
    """A day of the office's own for a milestone: for one unit or for a tier."""

    milestone: str
    unit: str | None = None
    tier: str | None = None
    due: date | None = None
    window: tuple[date, date] | None = None


class Campaign(Table, frozen=True):
    """A campaign file. `units` is a table of units beside the file, instead of [[unit]]; `least_days`: step -> days it takes at least."""

    schema: int
    programme: str
    title: str = ""
    rubric: str | None = None
    units: str | None = None
    starts_on: date | None = None
    soon_days: int = 7
    ledger_days: int = 366
    work_rate: Decimal | None = None
    settings: dict[str, str] = field(default_factory=dict)
    tier_of: dict[str, str] = field(default_factory=dict)
    least_days: dict[str, int] = field(default_factory=dict)
    unit: tuple[UnitRecord, ...] = ()
    role: tuple[RoleRecord, ...] = ()
    due: tuple[DueRecord, ...] = ()
    group: tuple[GroupRecord, ...] = ()
    document: tuple[DocumentRecord, ...] = ()
    step: tuple[StepRecord, ...] = ()
    report: tuple[ReportRecord, ...] = ()
    submission: tuple[SubmissionRecord, ...] = ()
    training: tuple[TrainingRecord, ...] = ()
    quantity: tuple[QuantityRecord, ...] = ()
    budget: tuple[BudgetRecord, ...] = ()
    contract: tuple[ContractRecord, ...] = ()
    delivery: tuple[HandoverRecord, ...] = ()
    distribution: tuple[HandoverRecord, ...] = ()
    installation: tuple[HandoverRecord, ...] = ()
    invoice: tuple[InvoiceRecord, ...] = ()
    inspection: tuple[InspectionRecord, ...] = ()
    issue: tuple[IssueRecord, ...] = ()
    ledger: tuple[LedgerRecord, ...] = ()
    count: tuple[CountRecord, ...] = ()


# The lists of records that name a unit, in the order of the reference page.
OF_A_UNIT = (
    "group", "document", "step", "report", "submission", "training", "quantity", "budget", "contract", "delivery",
    "distribution", "installation", "invoice", "inspection", "issue", "ledger", "count",
)  # fmt: skip


def paper_kind(title: str, forms: dict[str, tuple[str, ...]]) -> str:
    """Return the kind of a paper by any of its titles, full and half width alike; a title nobody knows stands for itself.

    >>> paper_kind("政府安装使用正版软件统计汇总表", {"summary_form": ("政府安装使用正版软件统计汇总表",)})
    'summary_form'
    """
    from unicodedata import normalize

    plain = normalize("NFKC", title).replace(" ", "")
    return next((kind for kind, titles in forms.items() if plain in {normalize("NFKC", one).replace(" ", "") for one in titles}), plain)
