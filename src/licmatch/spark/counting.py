"""The counts that judging and roll-ups need, as SQL: whole numbers only, the same text for every engine that reads SQL.

Spark and DuckDB run these texts as they stand, and tests hold both to what polars counts. `{table}` is the frame of that name.
"""

from __future__ import annotations

# Rows with the number of their name: `rows` (device_id, name, publisher, version, day), `names` (match, the three texts, status, program).
# Null-safe: a row without a publisher is not a row without a name.
NUMBERED = """
select r.device_id, n.match, n.status, n.program, r.day
from {rows} r join {names} n
  on r.name is not distinct from n.name
 and r.publisher is not distinct from n.publisher
 and r.version is not distinct from n.version
"""

# A device and a name, with its rows.
PAIRS = """
select device_id, match, status, count(*) as pair_rows
from {numbered}
group by device_id, match, status
"""

# How many devices have a name.
DEVICES = """
select match, count(*) as devices
from {pairs}
group by match
"""

# The rows of a device by the status of their name (0 recognised, 1 ambiguous, 2 unknown).
ROWS = """
select device_id,
       cast(sum(case when status = 0 then pair_rows else 0 end) as bigint) as recognised,
       cast(sum(case when status = 1 then pair_rows else 0 end) as bigint) as ambiguous,
       cast(sum(case when status = 2 then pair_rows else 0 end) as bigint) as unknown
from {pairs}
group by device_id
"""

# Programs installed on a device on a day, the day as it is written.
DAYS = """
select device_id, day, count(*) as programs
from {numbered}
where program
group by device_id, day
"""

# A device's rows by status, out of matched rows.
MATCHED = """
select device_id,
       cast(count(case when lm_status = 'recognised' then 1 end) as bigint) as recognised,
       cast(count(case when lm_status = 'ambiguous' then 1 end) as bigint) as ambiguous,
       cast(count(case when lm_status = 'unknown' then 1 end) as bigint) as unknown,
       cast(count(case when lm_risk <> 'none' then 1 end) as bigint) as at_risk
from {matched}
group by device_id
"""

# Units with all units below them: `devices` (device_id, unit_id), `counts` (a row a device), `ancestors` (unit_id, ancestor).
UNITS = """
select a.ancestor as unit_id,
       count(*) as devices,
       cast(coalesce(sum(c.recognised + c.ambiguous + c.unknown), 0) as bigint) as rows,
       cast(coalesce(sum(c.recognised), 0) as bigint) as recognised,
       cast(coalesce(sum(c.ambiguous), 0) as bigint) as ambiguous,
       cast(coalesce(sum(c.unknown), 0) as bigint) as unknown,
       cast(coalesce(sum(c.at_risk), 0) as bigint) as at_risk
from {devices} d
left join {counts} c on d.device_id = c.device_id
join {ancestors} a on d.unit_id = a.unit_id
group by a.ancestor
"""
