"""Every text of an error that the sources hold, read from their syntax: constants, f-strings and what they are put together from."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from itertools import product
from pathlib import Path

from licmatch import errors

SOURCES = Path(__file__).parents[2] / "src" / "licmatch"
RAISED = {name for name, kind in vars(errors).items() if isinstance(kind, type) and issubclass(kind, errors.LicmatchError)} | {
    "BadParameter",
    "ValueError",
}
# The lists in which the stages gather faults before they raise one error of them.
GATHERED = {"faults", "told", "found"}
HINTS = 8

# Functions whose words are put into errors of other modules.
WORDING = {"describe", "_describe_json", "_wrong"}
# Callers hand these the words by which the thing read is called, as the argument of that number.
NAMED = {"read_own_file": 1, "read_toml": 2, "refuse_aggregate": 1, "Fault": 0}
# Tables of such words.
TABLES = {"MAGIC", "SHAPES", "_UNNOTICED"}

# A template: text, and `{name}` for each value that is filled in.
Template = tuple[str, ...]


def skeleton(template: str) -> str:
    """Return a written template without the names of its places."""
    return re.sub(r"\{\+?[a-z]\w*\}", "{}", template)


def texts_in(path: Path) -> Iterator[tuple[int, str]]:
    """Yield line and template, with a `{place}` for each value, of every text of an error in one source file."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    scopes = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
    inner = {id(child): scope for scope in scopes for child in ast.walk(scope)}
    for node in ast.walk(tree):
        for said in _said(node, inner.get(id(node))):
            scope = inner.get(id(node), tree)
            for template in _templates(said, scope, tree, 0):
                text = "".join(template)
                # Of gathered lists some hold codes, not sentences: what has no blank is none.
                words = skeleton(text).replace("{}", "")
                if re.search(r"[A-Za-z]{2}", words) and (" " in words or (isinstance(node, ast.Call) and _called(node) in RAISED)):
                    yield node.lineno, text  # type: ignore[attr-defined]


def _said(node: ast.AST, scope: ast.AST | None) -> Iterator[ast.expr]:
    if isinstance(node, ast.Call):
        name = _called(node)
        if name in RAISED:
            yield from node.args[:1]
            yield from (word.value for word in node.keywords if word.arg == "hint")
        elif name in NAMED:
            yield from node.args[NAMED[name] : NAMED[name] + 1]
        elif name == "fault" and isinstance(node.func, ast.Attribute):
            # `Source.fault` of the programme: what, place, text, hint.
            yield from (node.args[:1] + node.args[2:4])
            yield from (word.value for word in node.keywords if word.arg == "hint")
        elif name in ("append", "extend") and isinstance(node.func, ast.Attribute) and _name(node.func.value) in GATHERED:
            yield from _elements(node.args[0])
    elif isinstance(node, ast.AugAssign) and _name(node.target) in GATHERED:
        yield from _elements(node.value)
    elif isinstance(node, ast.Assign) and _name(node.targets[0]) in GATHERED:
        yield from _elements(node.value) if isinstance(node.value, (ast.List, ast.ListComp)) else ()
    elif isinstance(node, ast.Assign) and _name(node.targets[0]) == "WHAT":
        yield node.value
    elif isinstance(node, ast.Assign) and _name(node.targets[0]) in TABLES:
        rows = node.value.elts if isinstance(node.value, ast.Tuple) else node.value.values if isinstance(node.value, ast.Dict) else []
        yield from (each for row in rows for each in _elements(row))
    elif isinstance(node, ast.Return) and isinstance(scope, ast.FunctionDef) and scope.name in WORDING and node.value is not None:
        yield node.value
    elif isinstance(node, ast.Yield) and isinstance(scope, ast.FunctionDef) and node.value is not None and _tells_faults(scope):
        yield from _elements(node.value)


def _tells_faults(function: ast.FunctionDef) -> bool:
    given = "" if function.returns is None else ast.unparse(function.returns)
    return given in ("Iterator[str]", "Iterator[Fault]") and "fault" in (ast.get_docstring(function) or function.name)


def _called(node: ast.Call) -> str:
    return node.func.id if isinstance(node.func, ast.Name) else node.func.attr if isinstance(node.func, ast.Attribute) else ""


def _name(node: ast.AST) -> str:
    return node.id if isinstance(node, ast.Name) else ""


def _elements(node: ast.expr) -> list[ast.expr]:
    if isinstance(node, ast.IfExp):
        return _elements(node.body) + _elements(node.orelse)
    if isinstance(node, (ast.ListComp, ast.GeneratorExp)):
        return _elements(node.elt)
    if isinstance(node, ast.List):
        return [each for element in node.elts for each in _elements(element)]
    # Of a pair of place and text the text.
    return _elements(node.elts[-1]) if isinstance(node, ast.Tuple) and node.elts else [node]


def _templates(node: ast.expr, scope: ast.AST, module: ast.AST, depth: int) -> list[Template]:
    """Return every form the text of an expression can take, as far as the source says it."""
    if isinstance(node, ast.Constant):
        return [(node.value,)] if isinstance(node.value, str) else []
    if isinstance(node, ast.IfExp):
        return _templates(node.body, scope, module, depth) + _templates(node.orelse, scope, module, depth)
    if isinstance(node, ast.JoinedStr):
        return _joined([_templates(part, scope, module, depth) for part in node.values])
    if isinstance(node, ast.FormattedValue):
        return _templates(node.value, scope, module, depth) if isinstance(node.value, ast.IfExp) else [_place(node)]
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        return _joined([_templates(side, scope, module, depth) for side in (node.left, node.right)])
    if isinstance(node, ast.Name) and depth < HINTS:
        for place in (scope, module):
            given = [one.value for one in ast.walk(place) if isinstance(one, ast.Assign) and _name(one.targets[0]) == node.id]
            found = [template for one in given for template in _templates(one, place, module, depth + 1)]
            if found:
                return found
    if isinstance(node, ast.Call) and depth < HINTS:
        called = [one for one in ast.walk(module) if isinstance(one, ast.FunctionDef) and one.name == _name(node.func)]
        given = [one.value for function in called for one in ast.walk(function) if isinstance(one, ast.Return) and one.value is not None]
        found = [template for one in given for template in _templates(one, called[0], module, depth + 1)]
        if any(len(template) > 1 or not template[0].startswith("{") for template in found):
            return found
    return [_place(node)]


def _place(node: ast.AST) -> Template:
    names = [each.id if isinstance(each, ast.Name) else each.attr for each in ast.walk(node) if isinstance(each, (ast.Name, ast.Attribute))]
    named = [name.strip("_").lower() for name in names if name not in ("str", "sorted", "len", "join", "type", "filter")]
    return ("{" + (named[0] if named and re.match("[a-z]", named[0]) else "value") + "}",)


def _joined(parts: list[list[Template]]) -> list[Template]:
    return [tuple(piece for form in forms for piece in form) for forms in product(*(part or [("{value}",)] for part in parts))]


@cache
def all_texts() -> dict[str, list[str]]:
    """Return every template and where it stands."""
    found: dict[str, list[str]] = {}
    for path in sorted(SOURCES.rglob("*.py")):
        for line, text in texts_in(path):
            found.setdefault(text, []).append(f"{path.relative_to(SOURCES)}:{line}")
    return found


def reason_texts() -> dict[str, str]:
    """Return every sentence the readers of tables may give as the reason of a rejected row, and where it stands.

    These are no errors but values of columns: what `pl.lit` and `pl.format` say, constants, tables of constants and what a row is given.
    """
    found: dict[str, str] = {}
    files = [file for stage in ("ingest", "assess") for file in sorted((SOURCES / stage).rglob("*.py")) if "aliases" not in file.name]
    for path in files:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            for said in _reasons(node):
                for template in _templates(said, node, node, HINTS):
                    text = "".join(template)
                    if re.search(r"[a-zA-Z}'] [a-z0-9{']", skeleton(text)):
                        found.setdefault(text, f"{path.relative_to(SOURCES)}:{said.lineno}")
    return found


def _reasons(node: ast.AST) -> list[ast.expr]:
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        if node.func.attr in ("lit", "format"):
            return node.args[:1]
        return node.args[2:3] if node.func.attr == "reject" else []
    if isinstance(node, ast.Dict):
        return [each for value in node.values for each in (value.elts if isinstance(value, ast.Tuple) else [value]) if _is_text(each)]
    if isinstance(node, ast.Assign):
        target = node.targets[0]
        if _name(target).isupper() and _is_text(node.value):
            return [node.value]
        if isinstance(target, ast.Subscript) or _name(target) == "refused":
            return [each for each in ast.walk(node.value) if isinstance(each, (ast.Constant, ast.JoinedStr)) and _is_text(each)]
    return []


def _is_text(node: ast.expr) -> bool:
    return isinstance(node, ast.JoinedStr) or (isinstance(node, ast.Constant) and isinstance(node.value, str))
