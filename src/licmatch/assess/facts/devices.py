"""What is known of each device, from its own row, its licence rows, its traces and its owner."""

from __future__ import annotations

from datetime import date

import polars as pl

from licmatch.assess.facts.columns import day, looked_up, moment, of_device, said
from licmatch.assess.facts.distinct import Distinct
from licmatch.assess.facts.licensing import licensing_table
from licmatch.assess.facts.lots import Lots, Question
from licmatch.assess.facts.traces import Found
from licmatch.assess.organisation import Organisation
from licmatch.assess.side_by_side import side_by_side

# Words of a purchase that say the computer came without Windows.
_NO_SYSTEM = r"(?i)linux|dos|uos|deepin|kylin|麒麟|统信|中标|无系统|无操作系统|不含操作系统|no os|without os|freedos"


def device_facts(
    devices: pl.DataFrame,
    licences: pl.DataFrame,
    traces: Found,
    copies: pl.DataFrame,
    days: pl.DataFrame,
    units: pl.DataFrame,
    lots: Lots,
    owner: Organisation,
    as_of: date,
) -> pl.DataFrame:
    """Return one row a device, in their order, with the fields of the grain `device`.

    `devices`: the columns of `Devices.frame`. `licences`: the licence facts without the devices' own. `traces`: as of
    `found_traces`. `copies`: device, family_id, licence, edition, category of the copies. `days`: device, day (Date or null), each
    pair once, and programs: how many programs (updates and components left out) were installed on each. `units`: unit_id, org_type.
    """
    facts, told = side_by_side(
        lambda: _own_facts(devices, as_of), lambda: (_from_licences(licences), _from_traces(traces), _from_copies(copies))
    )
    for table in (*told, _from_days(days, facts)):
        facts = of_device(facts, table, *table.drop("device").columns)
    facts = _from_makers(facts)
    facts = _from_builds(facts)
    facts = _from_owner(looked_up(facts, "unit_id", units), lots, owner)
    hardware = pl.coalesce("hardware_uuid", "serial_number")
    return facts.with_columns(
        same_hardware=pl.when(hardware.is_not_null()).then(pl.len().over(hardware)).cast(pl.Int64),
        machine=pl.coalesce(hardware, "device_id"),
        registered_host_here="registered_host",
        office_seen=pl.when(pl.col("dated_programs").is_not_null()).then(pl.col("microsoft_office").fill_null(False)),
        office_licensed=pl.when(pl.col("office_rows").is_not_null()).then("office_active"),
        qualifying_licence=_any_known("firmware_key", pl.col("slic_oemid").str.len_bytes() > 0, "oem_row", "windows_lot"),
        kms_host_here=pl.any_horizontal(pl.col("csvlk_here").fill_null(False), pl.col("registered_host").fill_null(False)),
        listens_kms=pl.coalesce("row_listens", "port_listens"),
        separate_windows_licence="windows_lot",
        collected_days_ago=(pl.lit(as_of) - pl.col("collected_at")).dt.total_days(),
    )


def _any_known(*parts: str | pl.Expr) -> pl.Expr:
    """True where any part is, false where none is and at least one is known, else null."""
    exprs = [pl.col(part) if isinstance(part, str) else part for part in parts]
    known = pl.any_horizontal(expr.is_not_null() for expr in exprs)
    return pl.when(known).then(pl.any_horizontal(expr.fill_null(False) for expr in exprs))


def _own_facts(devices: pl.DataFrame, as_of: date) -> pl.DataFrame:
    built = Distinct.of(devices, ["os_build", "os_version"]).reading(
        build=pl.coalesce(
            pl.col("os_build").str.extract(r"(?:^|\.)(\d{4,5})(?:\.|$)"), pl.col("os_version").str.extract(r"^\d+\.\d+\.(\d{4,5})")
        ).cast(pl.Int64, strict=False)
    )  # fmt: skip
    clocks = devices.select(clock=said(devices, "clock_at"), received=said(devices, "received_at"))
    off = Distinct.of(clocks, ["clock", "received"]).reading(off=(moment("clock") - moment("received")).dt.total_minutes().abs())
    slic = said(devices, "firmware_oem_id").str.strip_chars().str.to_uppercase()
    # What the firmware was asked and had none of is kept apart from what nobody asked.
    none = slic.is_in(["", "NONE", "无", "没有", "N/A"])
    installed_at = said(devices, "os_installed_at")
    return devices.select(
        "device", "device_id", "unit_id", "hostname", "kind", "os_name", "in_scope",
        maker_name=said(devices, "manufacturer"), model_name=said(devices, "model"), bios_name=said(devices, "bios_maker"),
        oem_info_name=said(devices, "oem_info_maker"),
        os_build=built.column("build"),
        os_installed_on=pl.coalesce(day("os_installed_on"), day(installed_at)),
        # Midnight is how a table writes a day without a time.
        os_installed_at=pl.when(~installed_at.str.contains(r"[T ]00:00:00|^[^:]*$")).then(moment(installed_at)),
        collected_at=pl.coalesce(day("collected_at"), pl.lit(as_of)),
        clock_off_minutes=off.column("off"),
        slic_oemid=pl.when(none).then(pl.lit("")).otherwise(slic),
        slic_collected=slic.is_not_null(),
        domain_joined=said(devices, "domain_joined", pl.Boolean),
        hypervisor_said=said(devices, "hypervisor").str.to_lowercase(),
        firmware_edition=said(devices, "firmware_edition"),
        office_signed_in=said(devices, "office_signed_in", pl.Boolean),
        upgraded_from=said(devices, "upgraded_from"),
        addresses=said(devices, "addresses").str.to_lowercase().str.split(";"),
        c2r_products=said(devices, "c2r_products"),
        purchased_as=said(devices, "purchased_as"),
        serial_number=said(devices, "serial_number"),
        devices_seen=said(devices, "devices_seen", pl.Int64),
        hardware_uuid=said(devices, "hardware_uuid").str.to_lowercase(),
    ).with_columns(
        # "not upgraded" is only known where somebody asked.
        upgrade_trace=pl.when(pl.col("upgraded_from").is_not_null()).then(
            ~pl.col("upgraded_from").str.to_lowercase().is_in(["", "no", "none", "无", "否"])
        ),
        bought_without_windows=pl.when(pl.col("purchased_as").is_not_null()).then(pl.col("purchased_as").str.contains(_NO_SYSTEM)),
    )  # fmt: skip


def _from_licences(licences: pl.DataFrame) -> pl.DataFrame:
    windows, office = pl.col("application") == "windows", pl.col("application") == "office"
    # A row of the licensing service itself carries the firmware's key and no licence.
    licence = pl.col("license_status").is_not_null() | pl.col("last5").is_not_null()
    oem = pl.col("channel").str.starts_with("OEM:") & (pl.col("license_status") == 1)
    esu = pl.col("esu_licence") & (pl.col("license_status") == 1)
    return licences.group_by("device").agg(
        # None at all says that nobody asked; "asked, and there is none" is a row of the application without key and state.
        windows_rows=pl.when(windows.any()).then((windows & licence).sum()).cast(pl.Int64),
        office_rows=pl.when(office.any()).then((office & licence).sum()).cast(pl.Int64),
        windows_key_seen=pl.when((windows & licence).any()).then((windows & pl.col("last5").is_not_null()).any()),
        firmware_key_last5=pl.col("oa3_partial_key").first(ignore_nulls=True),
        # A row of another channel does not say that there is no OEM licence beside it, and a loader leaves just such an SLP row.
        oem_row=pl.when((windows & oem & (pl.col("channel") != "OEM:SLP")).any()).then(True),
        csvlk_here=((pl.col("channel") == "Volume:CSVLK") & (pl.col("license_status") == 1)).any(),
        row_listens=pl.col("listens_kms").first(ignore_nulls=True),
        esu=esu.any(),
        office_active=(office & (pl.col("product_line") == "office-suite") & (pl.col("license_status") == 1)).any(),
        windows_channel=pl.when(windows & (pl.col("license_status") == 1)).then("channel").first(ignore_nulls=True),
    )


def _from_traces(found: Found) -> pl.DataFrame:
    """Only what is there is known: a device of which no such trace was handed in may have it all the same."""
    text = pl.col("value").str.to_lowercase()
    state = pl.col("kind").is_in(["service", "service_state"]) & text.str.contains(r"\bsppsvc\b")
    seen = {
        "sppsvc_disabled": state & text.str.contains("disabled|禁用|已禁用|missing|not found"),
        "port_listens": pl.col("kind").is_in(["listening_port"]) & (text.str.extract(r"(\d+)") == "1688"),
        "ghost_tickets": pl.col("kind").is_in(["file_path", "file_name"])
        & text.str.contains(r"clipsvc[\\/]genuineticket[\\/][^\\/]*\.xml"),
    }
    told = found.handed_in(pl.any_horizontal(seen.values()))
    return told.group_by("device").agg(pl.when(holds.any()).then(True).alias(name) for name, holds in seen.items())


def _from_copies(copies: pl.DataFrame) -> pl.DataFrame:
    suite = (pl.col("family_id") == "office.microsoft-office") & (pl.col("licence") == "commercial")
    return copies.group_by("device").agg(
        perpetual_office=suite.any(),
        microsoft_office=pl.col("family_id").is_in(["office.microsoft-office", "office.microsoft-365", "office.office-365"]).any(),
        os_edition=pl.when(pl.col("category") == "os").then("edition").first(ignore_nulls=True),
    )


def _from_days(days: pl.DataFrame, devices: pl.DataFrame) -> pl.DataFrame:
    """What the install days of a device's programs say together; a device whose software was listed without days has none."""
    dated = days.join(devices.select("device", "os_installed_on"), on="device", how="left")
    before = pl.col("day") < pl.col("os_installed_on").dt.offset_by("-1y")
    return dated.group_by("device").agg(
        dated_programs=pl.when(pl.col("day").is_not_null()).then("programs").otherwise(0).sum().cast(pl.Int64),
        program_days=pl.col("day").count().cast(pl.Int64),
        first_program_on=pl.col("day").min(),
        programs_before_os=pl.when(pl.col("os_installed_on").is_not_null().any()).then(
            pl.when(before.fill_null(False)).then("programs").otherwise(0).sum()
        ).cast(pl.Int64),
    )  # fmt: skip


def _from_makers(facts: pl.DataFrame) -> pl.DataFrame:
    """Canonical brands: of the computer, its SLIC table, and what the system says of its maker."""
    makers = licensing_table("makers")
    brands, hypervisors = makers.select(word="maker", answer="brand"), licensing_table("hypervisors").select("word", answer="hypervisor")
    families = dict(makers.filter(pl.col("family").str.len_bytes() > 0).select("brand", "family").iter_rows())
    slic = dict(licensing_table("oem_ids").select(pl.col("oem_id").str.to_uppercase(), "brand").iter_rows())
    told = Distinct.of(facts, ["maker_name", "model_name", "bios_name", "oem_info_name", "slic_oemid"])
    texts = told.frame
    seen = pl.concat_str(pl.col("maker_name", "model_name").fill_null(""), separator=" ")
    told = told.reading(
        maker=_read(texts, pl.coalesce("maker_name", "bios_name"), brands),
        oem_info_maker=_read(texts, pl.col("oem_info_name"), brands),
        slic_maker=pl.col("slic_oemid").replace_strict(slic, default=None, return_dtype=pl.String),
        seen_hypervisor=_read(texts, seen, hypervisors),
    )
    claimed = pl.coalesce("slic_maker", pl.when(pl.col("oem_info_maker") != "generic").then("oem_info_maker"))
    own = pl.when(pl.col("maker").is_not_null() & (pl.col("maker") != "generic")).then("maker")
    told = told.reading(maker_conflict=claimed.replace(families) != own.replace(families))
    read = told.on(facts, "maker", "oem_info_maker", "slic_maker", "maker_conflict").with_columns(
        hypervisor=pl.coalesce(pl.col("hypervisor_said"), told.column("seen_hypervisor"))
    )
    said_of_itself = pl.col("kind").is_not_null() | pl.col("maker_name").is_not_null()
    return read.with_columns(
        is_vm=pl.when((pl.col("kind") == "vm") | pl.col("hypervisor").is_not_null()).then(True).when(said_of_itself).then(False),
        firmware_key=pl.when(pl.col("firmware_key_last5").is_not_null()).then(pl.col("firmware_key_last5") != ""),
        firmware_key_last5=pl.when(pl.col("firmware_key_last5") != "").then("firmware_key_last5"),
    )


def _read(texts: pl.DataFrame, text: pl.Expr, table: pl.DataFrame) -> pl.Series:
    """The answer of the first row of the table whose word stands in the text as a word of its own. Read once a distinct text."""
    low = texts.select(text=text.str.to_lowercase())["text"]
    rows = [(word.lower(), answer) for word, answer in table.select("word", "answer").iter_rows()]
    known = {}
    for each in low.drop_nulls().unique():
        answers = (answer for word, answer in rows if word in each and _stands(each, word))
        known[each] = next(answers, None)
    return low.replace_strict(known, default=None, return_dtype=pl.String)


def _stands(text: str, word: str) -> bool:
    """Whether the word stands in the text with no letter or digit beside it; Chinese parts words by itself.

    >>> _stands("lenovo group", "lenovo"), _stands("shpx", "hp")
    (True, False)
    """
    start = text.find(word)
    while start >= 0:
        before, after = text[start - 1 : start], text[start + len(word) : start + len(word) + 1]
        if not (before.isascii() and before.isalnum()) and not (after.isascii() and after.isalnum()):
            return True
        start = text.find(word, start + 1)
    return False


def _from_builds(facts: pl.DataFrame) -> pl.DataFrame:
    """End of support by build and branch; where the branch is not told, the branch that is supported longest: it accuses least."""
    ends = pl.col("support_ends").str.to_date("%Y-%m-%d", strict=False)
    since = pl.col("since").str.to_date("%Y-%m-%d", strict=False)
    builds = licensing_table("builds").select("branch", os_build=pl.col("build").cast(pl.Int64), ends=ends, since=since)
    by_branch = builds.unique(["os_build", "branch"], keep="first", maintain_order=True).select("os_build", "branch", of_branch="ends")
    longest = builds.group_by("os_build").agg(of_build=pl.col("ends").max(), os_since=pl.col("since").min())
    words = pl.concat_str(pl.col("os_name", "os_edition").fill_null(""), separator=" ").str.to_lowercase()
    branch = (
        pl.when(words.str.contains("iot")).then(pl.lit("iot-ltsc"))
        .when(words.str.contains("ltsc|ltsb|长期服务")).then(pl.lit("ltsc"))
        .when(words.str.contains("enterprise|education|企业版|教育版")).then(pl.lit("enterprise"))
        .when(words.str.contains("home|pro|家庭|专业")).then(pl.lit("general"))
    )  # fmt: skip
    systems = Distinct.of(facts, ["os_name", "os_edition"]).reading(
        branch=branch, os_is_server=pl.col("os_name").str.contains(r"(?i)server")
    )
    met = looked_up(systems.on(facts, "branch", "os_is_server"), "os_build", longest)
    met = met.join(by_branch, on=["os_build", "branch"], how="left", maintain_order="left")
    return met.with_columns(
        support_ends=pl.coalesce("of_branch", "of_build"),
        esu=pl.when(pl.col("windows_rows") > 0).then("esu"),
    )


def _from_owner(facts: pl.DataFrame, lots: Lots, owner: Organisation) -> pl.DataFrame:
    hosts = owner.registered_hosts()
    # A computer may be known by its short name; an address has none.
    names = [*hosts, *(host.split(".")[0] for host in hosts if not host[:1].isdigit())]
    labs = sorted({device for lab in owner.test_labs for device in lab.devices})
    lab_units = lots.ancestors.filter(pl.col("ancestor").is_in([lab.unit for lab in owner.test_labs if lab.unit]))["unit_id"]
    in_lab = pl.col("device_id").is_in(labs) | pl.col("unit_id").is_in(lab_units.implode())
    registered = pl.col("hostname").str.to_lowercase().is_in(names)
    asked = facts.with_columns(line=pl.lit("os.windows"), edition_class=pl.lit(None, pl.String))
    esu = pl.col("name").str.contains(r"(?i)esu|extended security|扩展安全更新")
    asked = lots.flags(asked, windows_lot=Question(lots.entitlements_given, ~esu), esu_bought=Question(lots.given, esu))
    return asked.drop("line", "edition_class").with_columns(
        org_type=pl.coalesce("org_type", pl.lit(owner.type, pl.String)),
        in_test_lab=in_lab.fill_null(False),
        exempt=in_lab.fill_null(False),
        registered_host=registered.fill_null(False),
        # Where devices are judged by blocks, those of all blocks count.
        devices_total=pl.coalesce(pl.lit(owner.devices_total or None, pl.Int64), "devices_seen", pl.lit(facts.height, pl.Int64)),
        devices_stated=pl.lit(owner.devices_total, pl.Int64),
    )
