"""What is known of each trace that bears a signature, once a category it can have been used on."""

from __future__ import annotations

import re

import polars as pl

from licmatch.assess.facts.columns import day, looked_up
from licmatch.assess.facts.licensing import licensing_table
from licmatch.assess.facts.lots import Lots, line_of
from licmatch.assess.organisation import Organisation

EXCLUSION = "defender_exclusion"
ARCHIVES = ("zip", "rar", "7z", "iso")
NOT_KMS = ("Retail", "OEM:DM", "OEM:SLP", "OEM:COA", "OEM:NONSLP", "Volume:MAK")
FORMER_AT_MOST = 0.40
# A file's name and a tool's name are parted differently: HEU_KMS_Activator, HEU KMS Activator.
_SEPARATORS = re.compile(r"[\s_.\-]+")


def trace_facts(
    hits: pl.DataFrame,
    signatures: pl.DataFrame,
    devices: pl.DataFrame,
    licences: pl.DataFrame,
    copies: pl.DataFrame,
    vendors: pl.DataFrame,
    bought: list[str],
    lots: Lots,
    owner: Organisation,
) -> pl.DataFrame:
    """Return one row a hit and category, with the fields of the grain `trace`.

    `hits`: as of `signature_hits`. `signatures`: as of `EngineView.signatures`. `devices`: device facts. `licences`: licence
    facts with category. `copies`: as of `copy_facts`. `vendors`: device, vendor of what is installed. `bought`: the texts of what
    entitlements are for, in lower case.
    """
    vendor = pl.col("vendor") if "vendor" in signatures.columns else pl.lit(None, pl.String)
    known = signatures.select("signature_id", tool_kind="kind", vendor=vendor, title="title_en")
    base = looked_up(hits, "signature_id", known)
    text = pl.col("value").str.to_lowercase()
    base = base.with_columns(
        file_ending=pl.when(pl.col("evidence_kind").is_in(["file_name", "file_path"])).then(text.str.extract(r"\.([0-9a-z]{1,5})$")),
        seen_on=day("seen_at"),
        hook=text.str.contains(r"image file execution options") & text.str.contains(r"debugger|verifierdlls"),
        excluded_from_scans=pl.col("found_as") == EXCLUSION,
    )
    mine = vendors.with_columns(victim_installed=pl.lit(True))
    base = base.join(mine, on=["device", "vendor"], how="left", maintain_order="left").with_columns(
        victim_installed=pl.when(pl.col("vendor").is_not_null()).then(pl.col("victim_installed").fill_null(False))
    )
    sold = sorted({vendor for vendor in base["vendor"].drop_nulls().unique() if any(vendor.lower() in text for text in bought)})
    base = base.join(_activation(licences), on=["device", "category"], how="left", maintain_order="left")
    base = base.join(volume_only(copies), on=["device", "category"], how="left", maintain_order="left")
    # What lies in the folder of a former system speaks of that one.
    former = text.str.contains(r"[\\/]windows\.old[\\/]")
    base = base.with_columns(
        confidence=pl.when(former).then(pl.min_horizontal("confidence", pl.lit(FORMER_AT_MOST))).otherwise("confidence"),
        risk=pl.when(former).then(pl.min_horizontal("risk", pl.lit(1, pl.Int64))).otherwise("risk"),
    )
    # A detection proves a file and not its use, and an archive may never have been opened.
    resting = (pl.col("evidence_kind") == "av_detection") | pl.col("file_ending").is_in(ARCHIVES).fill_null(False)
    windows = looked_up(
        base, "device", devices.select("device", "device_id", "unit_id", "windows_channel", "kms_host_here", windows_bought="windows_lot")
    )
    windows = windows.with_columns(
        only_kind=pl.col("evidence_kind").n_unique().over("device", "category") == 1,
        only_resting=resting.all().over("device", "category"),
        windows_purchase_missing=pl.when(pl.lit(owner.purchases_complete)).then(~pl.col("windows_bought")),
        victim_bought=pl.when(pl.lit(lots.entitlements_given) & pl.col("vendor").is_not_null()).then(pl.col("vendor").is_in(sold)),
        allowed=_allowed(owner),
        registered=_registered(owner),
    )
    # An allowance is for a thing on a computer, by whatever signature it is known.
    return windows.with_columns(allowed=pl.col("allowed").any().over("device", "value")).drop("title")


def _registered(owner: Organisation) -> pl.Expr:
    """Whether a trace of a KMS host names one the organisation registered, or lies on such a host: it may well ask itself."""
    hosts = owner.registered_hosts()
    named = pl.col("value").str.to_lowercase().str.contains_any(hosts) if hosts else pl.lit(False)
    return (pl.col("evidence_kind") == "kms_host") & (named | pl.col("kms_host_here").fill_null(False))


def _activation(licences: pl.DataFrame) -> pl.DataFrame:
    """device, category: how the active copy of the category is licensed, as its rows (status 1) say."""
    active = licences.filter((pl.col("license_status") == 1) & pl.col("category").is_not_null())
    otherwise = pl.col("channel").is_in(NOT_KMS) & pl.col("purchased").fill_null(False)
    return (
        active.sort("device", "category", "place")
        .group_by("device", "category", maintain_order=True)
        .agg(
            # A volume row beside others is the one a tool can have worked on.
            active_channel=pl.coalesce(
                pl.col("channel").filter(pl.col("channel") == "Volume:GVLK").first(), pl.col("channel").drop_nulls().first()
            ),
            licensed_otherwise=otherwise.any(),
            volume_host_known=(pl.col("kms_host_registered").fill_null(False) | pl.col("ad_object").is_not_null())
            .filter(pl.col("channel") == "Volume:GVLK").any(),
        )
    )


def volume_only(copies: pl.DataFrame) -> pl.DataFrame:
    """Return device, category, volume_only: whether a copy there is of an edition that is sold by volume agreement alone."""
    table = licensing_table("volume_editions").select("line", pl.col("edition").alias("edition_id"), volume_only=pl.lit(True))
    met = copies.with_columns(line=line_of(pl.col("family_id")), edition_id=pl.col("edition_id").str.replace(r"-(?:19|20)\d\d$", "")).join(
        table, on=["line", "edition_id"], how="left"
    )
    return met.group_by("device", "category").agg(pl.col("volume_only").fill_null(False).any())


def _allowed(owner: Organisation) -> pl.Expr:
    """Whether the owner allows the tool on the device today: by the signature's id, or by a name that stands in trace or title."""
    allowed = pl.lit(False)
    for tool in owner.allowed_tools:
        here = pl.col("device_id").is_in(tool.devices) if tool.devices else pl.lit(True)
        by_id = (pl.col("signature_id") == tool.signature) if tool.signature else pl.lit(False)
        name = _SEPARATORS.sub("", (tool.name or "").lower())
        texts = [pl.col(column).str.to_lowercase().str.replace_all(_SEPARATORS.pattern, "") for column in ("value", "title")]
        stands = [text.str.contains(name, literal=True) for text in texts]
        by_name = pl.any_horizontal(stands) if name else pl.lit(False)
        allowed = allowed | (here & (by_id | by_name))
    return allowed.fill_null(False)


def install_records(traces: pl.DataFrame) -> pl.DataFrame:
    """Return device, family_id, other_installed_on: what other places than the software list say of the day (WPS InstallTime)."""
    text = pl.col("value").str.to_lowercase()
    wps = traces.filter(pl.col("kind").is_in(["registry_value", "install_record"]) & text.str.contains(r"kingsoft\\office.*install_?time"))
    return (
        wps.select(
            "device", family_id=pl.lit("office.wps-office"), other_installed_on=day(pl.col("value").str.extract(r"(\d{4}-\d{2}-\d{2})"))
        )
        .drop_nulls()
        .group_by("device", "family_id")
        .agg(pl.col("other_installed_on").min())
    )


def found_traces(traces: pl.DataFrame, devices: pl.DataFrame, licences: pl.DataFrame) -> pl.DataFrame:
    """Return everything on a device that a signature may know: device, kind, value, seen_at, source, row, found_as.

    The traces that were handed in, and what devices and licence rows say themselves: the computer's name, the system's
    name, the maker's mark, product ids. `row` is the row in `source`, from 0. KMS hosts and their answers stay with their
    licence row, where rules look at them: they speak of that copy and of no other.
    """
    known = devices.select("device", "device_id")
    oem_info = pl.col("oem_info_maker") if "oem_info_maker" in devices.columns else pl.lit(None, pl.String)
    given = _found(traces.with_row_index("row").join(known, on="device_id", how="inner", maintain_order="left"), "traces")
    named = [("computer_name", pl.col("hostname")), ("os_caption", pl.col("os_name")), ("oem_branding", oem_info)]
    own = [_found(devices.select("device", kind=pl.lit(kind), value=value), "devices") for kind, value in named]
    rows = licences.with_row_index("row").join(known, on="device_id", how="inner", maintain_order="left")
    own.append(_found(rows.select("device", "row", kind=pl.lit("product_id"), value="product_key_id"), "activations"))
    # What the antivirus was told to leave alone is looked at as the file, folder or process that it names.
    excluded = given.filter(pl.col("kind") == EXCLUSION)
    as_files = [excluded.with_columns(kind=pl.lit(kind)) for kind in ("file_name", "file_path")]
    everything = pl.concat([given.filter(pl.col("kind") != EXCLUSION), *as_files, *own])
    return everything.filter(pl.col("value").str.len_bytes() > 0)


def _found(frame: pl.DataFrame, source: str) -> pl.DataFrame:
    """device, kind, value of a source, with what it does not say as null."""
    seen_at = pl.col("seen_at") if "seen_at" in frame.columns else pl.lit(None, pl.String)
    row = pl.col("row") if "row" in frame.columns else pl.lit(None)
    return frame.select("device", "kind", "value", seen_at=seen_at, source=pl.lit(source), row=row.cast(pl.Int64), found_as="kind")
