"""What a page carries, read back out of its text as its own script does: the small data, and every packed segment."""

from __future__ import annotations

import json
import re
import zlib
from base64 import b64decode
from dataclasses import dataclass
from functools import cached_property
from typing import Any

KINDS = range(4)


@dataclass(frozen=True)
class Packed:
    """A page's text, taken apart."""

    text: str

    @cached_property
    def small(self) -> dict[str, Any]:
        found = re.search(r'<script type="application/json" id="data">(.*?)</script>', self.text, re.DOTALL)
        assert found
        return dict(json.loads(found[1]))

    @cached_property
    def raw(self) -> dict[str, str]:
        return dict(re.findall(r'<script type="text/plain" id="s-([\w-]+)">([A-Za-z0-9+/=]*)</script>', self.text))

    def parts(self, name: str) -> list[bytes]:
        whole, cut, at = zlib.decompress(b64decode(self.raw[name])), [], 0
        while at < len(whole):
            size = int.from_bytes(whole[at : at + 4], "little")
            cut.append(whole[at + 4 : at + 4 + size])
            at += 4 + size
        return cut

    def table(self, name: str) -> Any:
        return json.loads(self.parts(name)[0])

    @cached_property
    def devices(self) -> dict[tuple[int, int], tuple[str, int]]:
        """(block, place) -> (device, unit as a place among the page's units)."""
        held = {}
        for block in range(self.small["blocks"]["n"]):
            names, units = self.parts(f"{block}-d")
            held |= {(block, at): pair for at, pair in enumerate(zip(json.loads(names), steps(units), strict=True))}
        return held

    @cached_property
    def findings(self) -> list[dict[str, Any]]:
        """Every finding in the order in which the page lists them, its evidence with it; None where the page has none."""
        found: list[tuple[int, dict[str, Any]]] = []
        shared, common = self.table("g"), self.table("t")
        for block in range(self.small["blocks"]["n"]):
            for kind in KINDS:
                if f"{block}-f{kind}" not in self.raw:
                    continue
                device, *numbers = self.parts(f"{block}-f{kind}")
                evidence = self._evidence(f"{block}-e{kind}", common)
                for at, (place, cat, judged, product) in enumerate(zip(steps(device), *map(column, numbers), strict=True)):
                    _, verdict, state, grade, confidence, official, decided, flags = shared["judgements"][judged]
                    name, unit = self.devices[block, place]
                    facts, more = (None, 0) if evidence is None else evidence[at]
                    told = {
                        "device": name, "unit": unit, "cat": cat, "kind": kind, "verdict": verdict, "state": state, "grade": grade,
                        "confidence": confidence, "official": official, "decided": decided, "flags": flags,
                        "product": shared["products"][product], "facts": facts, "more": more,
                    }  # fmt: skip
                    found.append((judged, told))
        return [told for _, told in sorted(found, key=lambda pair: pair[0])]

    def _evidence(self, name: str, common: dict[str, Any]) -> list[tuple[list[tuple[Any, ...]], int]] | None:
        if name not in self.raw:
            return None
        own, counts, more, pieces, sources, rows = self.parts(name)
        told = {key: [*common[key], *json.loads(own)[key]] for key in ("pieces", "sources")}
        numbers = iter(zip(column(pieces), column(sources), steps(rows), strict=True))
        held = []
        for n, rest in zip(column(counts), column(more), strict=True):
            some = [next(numbers) for _ in range(n)]
            held.append(
                ([(*told["pieces"][piece], told["sources"][source], row - 1 if row else None) for piece, source, row in some], rest)
            )
        assert next(numbers, None) is None, "every piece belongs to a finding"
        return held


def column(part: bytes) -> list[int]:
    width, n = part[0], (len(part) - 1) // part[0]
    planes = [part[1 + at * n : 1 + (at + 1) * n] for at in range(width)]
    return [sum(plane[i] << (8 * at) for at, plane in enumerate(planes)) for i in range(n)]


def steps(part: bytes) -> list[int]:
    out, now = [], 0
    for step in column(part):
        now += -(step + 1) // 2 if step % 2 else step // 2
        out.append(now)
    return out
