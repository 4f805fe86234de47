"""What each unit's people collected: some everything, some only names; what nobody asked stays unknown."""

from __future__ import annotations

from dataclasses import dataclass

from licmatch.demo.draw import Draw, Weighted

# What a unit handed in, and how many do so.
_LEVELS = Weighted((("names", 14.0), ("licences", 18.0), ("licences and hardware", 16.0), ("everything", 52.0)))
# Columns of licence records that a unit's script may leave out, with the share of units that do.
_OFTEN_LEFT_OUT = (
    ("kms_epid", 0.45), ("vl_activation_type", 0.35), ("ad_object", 0.40), ("product_key_id", 0.60), ("activation_id", 0.30),
    ("license_family", 0.25), ("edition_id", 0.40), ("kms_port", 0.30), ("status_reason", 0.40), ("channel", 0.12), ("kms_host", 0.05),
    ("grace_minutes", 0.05), ("listens_kms", 0.60), ("evaluation_end", 0.3),
)  # fmt: skip
FAILED = 0.05  # of computers a script did not run on


@dataclass(frozen=True, slots=True)
class Collected:
    """What a unit collected: each part or not, and the columns its licence records lack."""

    licences: bool
    hardware: bool
    traces: bool
    firmware_table: bool
    without: frozenset[str]


def collected_by(units: int, seed: int) -> tuple[Collected, ...]:
    """Return what each unit collected."""
    draw = Draw(seed, "collecting")
    found = []
    for _ in range(units):
        level = draw.weighted(_LEVELS)
        without = frozenset(column for column, share in _OFTEN_LEFT_OUT if draw.chance(share))
        found.append(
            Collected(level != "names", level in ("licences and hardware", "everything"), level == "everything", draw.chance(0.6), without)
        )
    return tuple(found)
