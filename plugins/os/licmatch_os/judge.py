"""What is particular to operating systems when a licence is judged."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    from licmatch import JudgeContext

_PERSONAL_COMPUTERS = ("desktop", "laptop")
_DEDICATED = r"^os\.windows-(?:embedded|8-embedded|8-1-embedded)"
_DEDICATED_EDITIONS = r"^(?:iot|embedded)"
_OF_DEVICE = ("kind", "os_is_server", "firmware_key", "slic_maker", "maker")
_WINDOWS = pl.col("family_id").str.starts_with("os.windows")


def judge(installations: pl.DataFrame, context: JudgeContext) -> pl.DataFrame:
    """Return the operating systems with their verdicts; same rows, same order.

    The licence rows of Windows know better than its name how a copy was sold. A system that comes with its machine (an OEM
    copy, macOS, an embedded edition) is licensed with it and with no other: what proves that is the order or the label, not a
    purchase of its own and no state of activation. Until it is seen, `label_missing`.
    """
    return context.with_rights(_as_sold(installations, context))


def remark(installations: pl.DataFrame, context: JudgeContext) -> pl.DataFrame:
    """Return what stands beside the verdicts: which proof is missing, and a system that does not belong on such a device."""
    asked = [name for name in _OF_DEVICE if name in context.devices.columns]
    here = installations.join(context.devices.select("device", *asked), on="device", how="left", maintain_order="left")
    on_a_desk = pl.col("kind").is_in(_PERSONAL_COMPUTERS)
    kind = pl.lit("kind=") + pl.col("kind")
    server = here.filter(on_a_desk & (pl.col("os_is_server") | pl.col("family_id").str.starts_with("os.windows-server")))
    dedicated = here.filter(
        on_a_desk & (pl.col("family_id").str.contains(_DEDICATED) | (_WINDOWS & pl.col("edition_id").str.contains(_DEDICATED_EDITIONS)))
    )
    parts = [
        _proofs(here, context),
        server.select("device", "at", flag=pl.lit("server_on_desktop"), text=kind),
        dedicated.select("device", "at", flag=pl.lit("dedicated_system"), text=kind),
    ]
    return pl.concat(parts)


def _as_sold(installations: pl.DataFrame, context: JudgeContext) -> pl.DataFrame:
    """Take the channel of Windows from its active licence row, where these agree."""
    if context.licences.is_empty():
        return installations
    sold = (
        context.licences.filter((pl.col("license_status") == 1) & pl.col("sold_as").is_not_null())
        .group_by("device")
        .agg(sold_as=pl.when(pl.col("sold_as").n_unique() == 1).then(pl.col("sold_as").first()))
    )
    placed = installations.join(sold, on="device", how="left", maintain_order="left")
    # A trial is judged by its own dates; that a row says so is what the rules on evaluation copies ask.
    known = _WINDOWS.fill_null(False) & pl.col("sold_as").is_in(["retail", "volume", "oem", "subscription"])
    return placed.with_columns(channel=pl.when(known).then("sold_as").otherwise("channel")).drop("sold_as")


def _proofs(here: pl.DataFrame, context: JudgeContext) -> pl.DataFrame:
    """What has been seen of the proofs that a copy bound to its machine needs, and what has not.

    A key or a mark in the firmware is seen by an inventory; it tells which label to look for, and settles nothing by itself.
    """
    if "model" not in here.columns:
        return here.head(0).select("device", "at", flag=pl.lit(""), text=pl.lit(""))
    waiting = here.filter((pl.col("verdict") == "label_missing") & (pl.col("model") == "with_device"))
    bought = (
        context.copies.select("at", "bought")
        if not context.copies.is_empty()
        else waiting.select("at", bought=pl.lit(None, pl.Boolean)).head(0)
    )
    lower = _firmware_lower(context)
    known = waiting.join(bought, on="at", how="left", maintain_order="left").join(lower, on="device", how="left", maintain_order="left")
    key = pl.col("firmware_key").fill_null(False)
    for_less = pl.col("firmware_edition_lower").fill_null(False)
    mark = (pl.col("slic_maker") == pl.col("maker")).fill_null(False)
    wants = pl.col("proofs").list.contains
    seen = [
        pl.when(pl.col("bought").fill_null(False)).then(pl.lit("device_order")),
        pl.when(key & ~for_less).then(pl.lit("firmware_key")),
        pl.when(key & for_less).then(pl.lit("firmware_key_of_lower_edition")),
        pl.when(mark).then(pl.lit("firmware_mark_of_maker")),
    ]
    missing = [
        pl.when(wants("device_order") & ~pl.col("bought").fill_null(False)).then(pl.lit("device_order")),
        pl.when(wants("label")).then(pl.lit("label")),
        pl.when(wants("firmware_key_or_label") & (~key | for_less)).then(pl.lit("label")),
    ]
    said = known.with_columns(
        seen=pl.concat_str(seen, separator=",", ignore_nulls=True), missing=pl.concat_str(missing, separator=",", ignore_nulls=True)
    )
    told = [pl.when(pl.col(part) != "").then(pl.lit(f"{part}=") + pl.col(part)) for part in ("seen", "missing")]
    return said.select("device", "at", flag=pl.lit("proof_missing"), text=pl.concat_str(told, separator="; ", ignore_nulls=True))


def _firmware_lower(context: JudgeContext) -> pl.DataFrame:
    if context.licences.is_empty():
        return pl.DataFrame(schema={"device": pl.UInt32, "firmware_edition_lower": pl.Boolean})
    active = context.licences.filter((pl.col("license_status") == 1) & pl.col("firmware_edition_lower").is_not_null())
    return active.group_by("device").agg(pl.col("firmware_edition_lower").any())
