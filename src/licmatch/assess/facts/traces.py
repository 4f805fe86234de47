"""What is known of each trace that bears a signature, once a category it can have been used on."""

from __future__ import annotations

import re
from dataclasses import dataclass

import polars as pl

from licmatch.assess.facts.columns import day, looked_up, of_device, with_device
from licmatch.assess.facts.distinct import Distinct
from licmatch.assess.facts.licensing import licensing_table
from licmatch.assess.facts.lots import Lots
from licmatch.assess.organisation import Organisation
from licmatch.licences.lines import lines_of
from licmatch.licences.rights import built_in_rights

EXCLUSION = "defender_exclusion"
HANDED_IN = "traces"
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
    base = base.join(_activation(licences, hits["device"]), on=["device", "category"], how="left", maintain_order="left")
    base = base.join(volume_only(copies, hits["device"]), on=["device", "category"], how="left", maintain_order="left")
    # What lies in the folder of a former system speaks of that one.
    former = text.str.contains(r"[\\/]windows\.old[\\/]")
    base = base.with_columns(
        confidence=pl.when(former).then(pl.min_horizontal("confidence", pl.lit(FORMER_AT_MOST))).otherwise("confidence"),
        risk=pl.when(former).then(pl.min_horizontal("risk", pl.lit(1, pl.Int64))).otherwise("risk"),
    )
    # A detection proves a file and not its use, and an archive may never have been opened.
    resting = (pl.col("evidence_kind") == "av_detection") | pl.col("file_ending").is_in(ARCHIVES).fill_null(False)
    windows = of_device(base, devices, "device_id", "unit_id", "windows_channel", "kms_host_here", windows_bought="windows_lot")
    together = (
        windows.select("device", "category", "evidence_kind", resting=resting)
        .group_by("device", "category")
        .agg(only_kind=pl.col("evidence_kind").n_unique() == 1, only_resting=pl.col("resting").all())
    )
    windows = windows.join(together, on=["device", "category"], how="left", maintain_order="left", nulls_equal=True).with_columns(
        windows_purchase_missing=pl.when(pl.lit(owner.purchases_complete)).then(~pl.col("windows_bought")),
        victim_bought=pl.when(pl.lit(lots.entitlements_given) & pl.col("vendor").is_not_null()).then(pl.col("vendor").is_in(sold)),
        registered=_registered(owner),
    )
    windows = _allowed(windows, owner)
    if not owner.allowed_tools:
        return windows.drop("title")
    # An allowance is for a thing on a computer, by whatever signature it is known.
    return windows.with_columns(allowed=pl.col("allowed").any().over("device", "value")).drop("title")


def _registered(owner: Organisation) -> pl.Expr:
    """Whether a trace of a KMS host names one the organisation registered, or lies on such a host: it may well ask itself."""
    hosts = owner.registered_hosts()
    named = pl.col("value").str.to_lowercase().str.contains_any(hosts) if hosts else pl.lit(False)
    return (pl.col("evidence_kind") == "kms_host") & (named | pl.col("kms_host_here").fill_null(False))


def _activation(licences: pl.DataFrame, devices: pl.Series) -> pl.DataFrame:
    """device, category: how the active copy of the category is licensed, as its rows (status 1, in order) say; on these devices."""
    wanted = (pl.col("license_status") == 1) & pl.col("category").is_not_null() & pl.col("device").is_in(devices.unique().implode())
    told = ("device", "category", "channel", "purchased", "license_status", "kms_host_registered", "ad_object")
    active = licences.select(told).filter(wanted)
    otherwise = pl.col("channel").is_in(NOT_KMS) & pl.col("purchased").fill_null(False)
    return active.group_by("device", "category").agg(
        # A volume row beside others is the one a tool can have worked on.
        active_channel=pl.coalesce(
            pl.col("channel").filter(pl.col("channel") == "Volume:GVLK").first(), pl.col("channel").drop_nulls().first()
        ),
        licensed_otherwise=otherwise.any(),
        volume_host_known=(pl.col("kms_host_registered").fill_null(False) | pl.col("ad_object").is_not_null())
        .filter(pl.col("channel") == "Volume:GVLK").any(),
    )  # fmt: skip


def volume_only(copies: pl.DataFrame, devices: pl.Series) -> pl.DataFrame:
    """Return device, category, volume_only: whether a copy there is of an edition sold by volume agreement alone; on these devices."""
    table = licensing_table("volume_editions").select("line", pl.col("edition").alias("edition_id"), volume_only=pl.lit(True))
    there = copies.select("device", "category", "family_id", "edition_id").filter(pl.col("device").is_in(devices.unique().implode()))
    line, edition = lines_of(pl.col("family_id"), built_in_rights()), pl.col("edition_id").str.replace(r"-(?:19|20)\d\d$", "")
    met = there.with_columns(edition, line=line).join(table, on=["line", "edition_id"], how="left")
    return met.group_by("device", "category").agg(pl.col("volume_only").fill_null(False).any())


def _allowed(hits: pl.DataFrame, owner: Organisation) -> pl.DataFrame:
    """`allowed`: whether the owner allows the tool on the device today, by the signature's id or a name that stands in trace or title."""
    texts = Distinct.of(hits, ["signature_id", "value", "title"])
    allowed = pl.lit(False)
    for place, tool in enumerate(owner.allowed_tools):
        name = _SEPARATORS.sub("", (tool.name or "").lower())
        plain = (pl.col(column).str.to_lowercase().str.replace_all(_SEPARATORS.pattern, "") for column in ("value", "title"))
        by_id = (pl.col("signature_id") == tool.signature) if tool.signature else pl.lit(False)
        by_name = pl.any_horizontal([text.str.contains(name, literal=True) for text in plain]) if name else pl.lit(False)
        texts = texts.reading((by_id | by_name).fill_null(False).alias(f"tool {place}"))
        here = pl.col("device_id").is_in(tool.devices) if tool.devices else pl.lit(True)
        allowed = allowed | (here.fill_null(False) & pl.lit(texts.frame[f"tool {place}"].gather(texts.at)))
    return hits.with_columns(allowed=allowed)


def install_records(found: Found) -> pl.DataFrame:
    """Return device, family_id, other_installed_on: what other places than the software list say of the day (WPS InstallTime)."""
    text = pl.col("value").str.to_lowercase()
    wps = found.handed_in(
        pl.col("kind").is_in(["registry_value", "install_record"]) & text.str.contains(r"kingsoft\\office.*install_?time")
    )
    return (
        wps.select(
            "device", family_id=pl.lit("office.wps-office"), other_installed_on=day(pl.col("value").str.extract(r"(\d{4}-\d{2}-\d{2})"))
        )
        .drop_nulls()
        .group_by("device", "family_id")
        .agg(pl.col("other_installed_on").min())
    )


@dataclass(frozen=True, slots=True)
class Found:
    """Everything on a device that a signature may know.

    `texts`: kind, value, found_as, source; a thing that many devices have stands there once for each source. `rows`: text (its row
    in `texts`), device, seen_at, row (in the source, from 0).
    """

    texts: pl.DataFrame
    rows: pl.DataFrame

    def handed_in(self, wanted: pl.Expr) -> pl.DataFrame:
        """Return device, kind, value of the traces that were handed in, of those `texts` for which `wanted` holds."""
        texts = self.texts.with_row_index("text").filter(pl.col("source") == HANDED_IN)
        return self.of(texts.filter(wanted)).select("device", "kind", "value")

    def of(self, texts: pl.DataFrame) -> pl.DataFrame:
        """Return the rows that have some of the texts (`text` and what is known of each), with that beside them."""
        rows = self.rows.filter(
            pl.repeat(False, self.texts.height, dtype=pl.Boolean, eager=True).scatter(texts["text"], True).gather(self.rows["text"])
        )
        return rows.join(texts, on="text")


def found_traces(traces: pl.DataFrame, devices: pl.DataFrame, licences: pl.DataFrame) -> Found:
    """Return the traces that were handed in, and what devices and licence rows say themselves: the computer's name, the system's
    name, the maker's mark, product ids.

    KMS hosts and their answers stay with their licence row, where rules look at them: they speak of that copy and of no other.
    """
    given = with_device(traces.with_row_index("row").filter(pl.col("value").str.len_bytes() > 0), devices)
    # What the antivirus was told to leave alone is looked at as the file, folder or process that it names.
    excluded = given.filter(pl.col("kind") == EXCLUSION)
    if not excluded.is_empty():
        given = given.filter(pl.col("kind") != EXCLUSION)
    parts = [_found(given, HANDED_IN)]
    parts += [_found(excluded.with_columns(kind=pl.lit(kind)), HANDED_IN, EXCLUSION) for kind in ("file_name", "file_path")]
    for kind, column in (("computer_name", "hostname"), ("os_caption", "os_name"), ("oem_branding", "oem_info_maker")):
        if column in devices.columns:
            named = devices.select("device", kind=pl.lit(kind), value=column).filter(pl.col("value").str.len_bytes() > 0)
            parts.append(_found(named, "devices", each=kind == "computer_name"))
    ids = licences.select("device_id", value="product_key_id").with_row_index("row").filter(pl.col("value").str.len_bytes() > 0)
    parts.append(_found(with_device(ids, devices).with_columns(kind=pl.lit("product_id")), "activations", each=True))
    starts = [0]
    for part in parts:
        starts.append(starts[-1] + part.texts.height)
    return Found(
        pl.concat(part.texts for part in parts),
        pl.concat(part.rows.with_columns(pl.col("text") + start) for part, start in zip(parts, starts[:-1], strict=True)),
    )


def _found(frame: pl.DataFrame, source: str, found_as: str | None = None, *, each: bool = False) -> Found:
    """The rows of a source with their texts apart; what a source does not say is null. `each`: hardly two rows say the same."""
    keys = ["kind", "value"]
    texts = Distinct(frame.select(keys), pl.int_range(frame.height, dtype=pl.UInt32, eager=True)) if each else Distinct.of(frame, keys)
    seen_at = pl.col("seen_at") if "seen_at" in frame.columns else pl.lit(None, pl.String)
    row = pl.col("row") if "row" in frame.columns else pl.lit(None)
    return Found(
        texts.frame.select("kind", "value", found_as=pl.lit(found_as) if found_as else pl.col("kind"), source=pl.lit(source)),
        frame.select(texts.at.alias("text"), "device", seen_at=seen_at, row=row.cast(pl.Int64)),
    )
