"""Reading rule files: TOML to rules, every fault of every file told in one go, with file and line."""

from __future__ import annotations

import hashlib
import re
import tomllib
from collections.abc import Iterator
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct

from licmatch.catalog.cache import keep, kept
from licmatch.errors import CatalogError, Location
from licmatch.rules.check import rule_faults
from licmatch.rules.placing import Placed
from licmatch.rules.records import MAX_FILE_BYTES, MAX_RULES, SCHEMA, Rule, RuleEntry
from licmatch.rules.references import reference_faults

FOLDER = "rules"
KEPT_FORMAT = 1  # raise the format with whatever makes another rule of the same text
_AT = re.compile(r"`\$([^`]*)`$")
_STEP = re.compile(r"\.(\w+)|\[(\d+)\]")
_UNKNOWN = re.compile(r"unknown field `(\w+)`")


class _Kept(Struct, frozen=True):
    format: int
    digest: str
    rules: tuple[Rule, ...]


def load_rules(folder: Traversable | Path | None = None) -> tuple[Rule, ...]:
    """Return the rules of a folder of .toml files, or of one file, sorted by id; the built-in ones where none is given.

    Raises CatalogError that lists every fault, each with its file and line.
    """
    root = files("licmatch_catalogs") / FOLDER if folder is None else folder
    rules: list[Rule] = []
    faults: list[str] = []
    for name, file in _rule_files(root):
        rules += _read(name, file, faults)
    first: dict[str, Rule] = {}
    for rule in rules:
        if rule.id in first:
            faults.append(f"{rule.where}: this id stands in {Location(first[rule.id].file, first[rule.id].line)} too")
        first.setdefault(rule.id, rule)
    if len(rules) > MAX_RULES:
        faults.append(f"{root.name}: more than {MAX_RULES} rules")
    elif not faults:
        # Only over rules that were all read: one that could not be would be missed everywhere.
        faults += [f"{rule.where}: {fault}" for rule, fault in reference_faults(rules)]
    if faults:
        raise CatalogError("the rules have faults:", faults=tuple(faults))
    return tuple(sorted(rules, key=lambda rule: rule.id))


def judging_rules() -> tuple[Rule, ...]:
    """Return the built-in rules without their examples: what judging needs, kept by content since reading and checking them takes longer.

    Raises CatalogError as `load_rules` does.
    """
    digest = _digest()
    name = f"rules-{digest}-{KEPT_FORMAT}.msgpack"
    found = kept("licmatch.rules", name, lambda raw: _usable(raw, digest))
    if found is None:
        found, raw = _compiled(digest)
        if raw is not None:
            keep(name, raw)
    return found


def compile_builtin(target: Path) -> None:
    """Write the built-in rules as `judging_rules` keeps them; the build of the wheel calls this."""
    _, raw = _compiled(_digest())
    target.unlink(missing_ok=True)
    if raw is not None:
        target.write_bytes(raw)


def _compiled(digest: str) -> tuple[tuple[Rule, ...], bytes | None]:
    """Return the built-in rules without their examples, and these as bytes; None for rules that would not come back from bytes.

    A date among the values of a condition would come back as a text: such rules are read anew each time.
    """
    rules = tuple(msgspec.structs.replace(rule, example=(), example_lines=()) for rule in load_rules())
    raw = msgspec.msgpack.encode(_Kept(KEPT_FORMAT, digest, rules))
    return rules, raw if _usable(raw, digest) == rules else None


def _usable(raw: bytes, digest: str) -> tuple[Rule, ...] | None:
    found = msgspec.msgpack.decode(raw, type=_Kept)
    return found.rules if (found.format, found.digest) == (KEPT_FORMAT, digest) else None


def _digest() -> str:
    digest = hashlib.blake2b(digest_size=16)
    for name, file in _rule_files(files("licmatch_catalogs") / FOLDER):
        digest.update(f"{name} {hashlib.blake2b(file.read_bytes(), digest_size=16).hexdigest()}\n".encode())
    return digest.hexdigest()


def _rule_files(root: Traversable | Path) -> Iterator[tuple[str, Traversable | Path]]:
    if root.is_file():
        yield root.name, root
        return
    if not root.is_dir():
        raise CatalogError("there is no such file or folder of rules", where=Location(str(root)))
    for child in sorted(root.iterdir(), key=lambda item: item.name):
        if child.is_file() and child.name.endswith(".toml") and not child.name.startswith("."):
            yield f"{root.name}/{child.name}", child


def _read(name: str, file: Traversable | Path, faults: list[str]) -> Iterator[Rule]:
    """Read one file; what cannot be used is told and left out."""
    try:
        raw = file.read_bytes()
        if len(raw) > MAX_FILE_BYTES:
            raise CatalogError(f"larger than {MAX_FILE_BYTES} bytes")
        content = raw.decode("utf-8")
        data = tomllib.loads(content)
    except tomllib.TOMLDecodeError as error:
        line = re.search(r"at line (\d+)", str(error))
        faults.append(f"{Location(name, int(line[1]) if line else content.count(chr(10)) + 1)}: not TOML: {error}")
        return
    except (ValueError, RecursionError, OSError, CatalogError) as error:
        faults.append(f"{name}: cannot be read: {getattr(error, 'reason', None) or getattr(error, 'strerror', None) or error}")
        return
    if data.get("schema") != SCHEMA:
        faults.append(f"{name}: schema {data.get('schema')!r}, this licmatch reads {SCHEMA}")
        return
    faults += [f"{name}: unknown key {key!r}" for key in sorted(data.keys() - {"schema", "rule"})]
    blocks = data.get("rule")
    if not isinstance(blocks, list) or not all(isinstance(block, dict) for block in blocks):
        faults.append(f"{name}: rules are a list of tables: [[rule]]")
        return
    placed = Placed(content, "rule")
    for number, block in enumerate(blocks):
        yield from _rule(name, number, block, placed, faults)


def _rule(name: str, number: int, block: dict[str, Any], placed: Placed, faults: list[str]) -> Iterator[Rule]:
    identity = block["id"] if isinstance(block.get("id"), str) else f"rule {number + 1}"
    try:
        entry = msgspec.convert(block, RuleEntry)
    except msgspec.ValidationError as error:
        faults.append(f"{Location(name, placed.line(number, _path(str(error))), identity)}: {error}")
        return
    found = rule_faults(entry)
    for path, told in found:
        line = placed.line(number, path)
        faults.append(f"{Location(name, line, identity)}: {'.'.join(map(str, path))}: {told}")
    lines = tuple(placed.line(number, ("example", place)) for place in range(len(entry.example)))
    known = {key: getattr(entry, key) for key in entry.__struct_fields__}
    # A rule with faults is kept as well: others may name it, and its own id may stand twice.
    yield Rule(**known, file=name, line=placed.line(number), example_lines=lines)


def _path(told: str) -> tuple[str | int, ...]:
    """Return the path a validation error names: `$.unless[0].when`, and the unknown key if there is one."""
    found = _AT.search(told)
    path: list[str | int] = [int(index) if index else key for key, index in _STEP.findall(found[1])] if found else []
    unknown = _UNKNOWN.search(told)
    return tuple(path) + ((unknown[1],) if unknown else ())
