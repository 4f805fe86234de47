"""A seeded sample of mutants of the stages that decide: what share of them do the tests notice?

    python tests/mutation/run.py                                  # 400 mutants of match, rules and roll-up
    python tests/mutation/run.py --mutants 40 --seed 7 --of src/licmatch/rollup

cosmic-ray makes the mutants (`pip install licmatch[mutation]`). One run of the tests under coverage tells which tests reach which line;
a mutant is then asked only those that reach its lines, the quickest first, in a copy of the checkout. A mutant that leaves the syntax tree
as it is but for annotations, docstrings, `strict=` of pairs that have one length and how a dataclass is guarded cannot be noticed by
anything and is not drawn. A test that fails without any mutant is not
asked. Survivors stand in the output, each with its change.
"""

from __future__ import annotations

import argparse
import ast
import difflib
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from itertools import accumulate
from pathlib import Path
from queue import SimpleQueue

ROOT = Path(__file__).resolve().parents[2]
MUTATED = ("src/licmatch/match", "src/licmatch/rules", "src/licmatch/rollup")
TESTS = (
    *(f"tests/{part}" for part in ("unit/match", "unit/rules", "unit/rollup", "catalogs")),
    *(f"tests/golden/test_{part}.py" for part in ("golden", "scores", "explanations")),
    *(f"src/licmatch/{part}" for part in ("match", "rules", "rollup")),  # the examples of their docstrings
    *(f"tests/property/test_{part}.py" for part in ("names", "one_name", "rules", "rollup", "score", "store", "merge")),
)
COPIED = ("src", "plugins", "catalogs", "tests", "benchmarks", "docs", "pyproject.toml", "conftest.py", "README.md", "README.zh.md")
# The second breaks off at `except pl.exceptions.PolarsError`, a name with dots.
UNUSED = ("core/NoOp", "core/ExceptionReplacer", "core/Variable")
QUICKEST = 40  # tests that a mutant is asked first
REST_SECONDS = 60.0  # of tests, as they take without a mutant, that one is asked that those did not notice
LEAST_SECONDS = 60.0
# What guards against a slip that the code around it rules out: lengths that differ, a field set anew.
SAID_TWICE = {"zip": ("strict",), "dataclass": ("frozen", "slots")}
PYTEST = ("-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:randomly", "--no-header", "-x")


@dataclass(frozen=True, slots=True)
class Mutant:
    """One change of one file: which operator made it, which lines of the original it touches."""

    path: str
    operator: str
    occurrence: int
    lines: tuple[int, ...]
    diff: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the tests said of a mutant: killed, survived, timeout or unreached."""

    mutant: Mutant
    outcome: str
    tests: int
    seconds: float


class _Bare(ast.NodeTransformer):
    """Drops what no test can notice: annotations and docstrings, and what is said twice."""

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.AST:
        node.annotation = ast.Constant(None)
        return self.generic_visit(node)

    def visit_arg(self, node: ast.arg) -> ast.AST:
        node.annotation = None
        return node

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        node.returns = None
        return self.generic_visit(node)

    def visit_Call(self, node: ast.Call) -> ast.AST:
        said_twice = SAID_TWICE.get(node.func.id, ()) if isinstance(node.func, ast.Name) else ()
        node.keywords = [each for each in node.keywords if each.arg not in said_twice]
        return self.generic_visit(node)

    def visit_Expr(self, node: ast.Expr) -> ast.AST | None:
        return ast.Pass() if isinstance(node.value, ast.Constant) else self.generic_visit(node)


def bare(code: str) -> str:
    """Return the code's syntax tree without what no test can notice, as text.

    >>> bare("x: int | None = 1") == bare("x: int & None = 1")
    True
    >>> bare("zip(a, b, strict=True)") == bare("zip(a, b, strict=False)"), bare("f(a, True)") == bare("f(a, False)")
    (True, False)
    """
    return ast.dump(_Bare().visit(ast.parse(code)))


def touched(before: str, after: str) -> tuple[tuple[int, ...], str]:
    """Return the lines of the original that differ, counted from one, and the change as a diff."""
    old, new = before.splitlines(), after.splitlines()
    lines: set[int] = set()
    for tag, start, end, _, _ in difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag != "equal":
            lines.update(range(start + 1, max(end, start + 1) + 1))
    return tuple(sorted(lines)), "\n".join(difflib.unified_diff(old, new, lineterm="", n=0))


def same_to_a_test(changed: str, plain: str) -> bool:
    """Tell whether the change is none, or no Python at all (what the operator makes of a lone `*` among parameters)."""
    try:
        return bare(changed) == plain
    except SyntaxError:
        return True


def every_mutant(folders: Sequence[str]) -> Iterator[tuple[str, str, int]]:
    """Yield (file, operator, occurrence) of all mutants there are, in a fixed order."""
    from cosmic_ray.ast import ast_nodes, get_ast
    from cosmic_ray.plugins import get_operator, operator_names

    operators = [(name, get_operator(name)()) for name in sorted(operator_names()) if not name.startswith(UNUSED)]
    for folder in folders:
        for path in sorted((ROOT / folder).rglob("*.py")):
            tree = get_ast(path.read_text(encoding="utf-8"))
            nodes = list(ast_nodes(tree))
            for name, operator in operators:
                count = sum(len(list(operator.mutation_positions(node))) for node in nodes)
                yield from ((path.relative_to(ROOT).as_posix(), name, occurrence) for occurrence in range(count))


def draw(folders: Sequence[str], count: int, seed: int) -> list[Mutant]:
    """Return `count` mutants drawn by lot, each of another place or kind."""
    from cosmic_ray.mutating import mutate_code
    from cosmic_ray.plugins import get_operator

    pool = list(every_mutant(folders))
    random.Random(seed).shuffle(pool)
    found: list[Mutant] = []
    texts: dict[str, tuple[str, str]] = {}
    for path, operator, occurrence in pool:
        if path not in texts:
            text = (ROOT / path).read_text(encoding="utf-8")
            texts[path] = text, bare(text)
        text, plain = texts[path]
        changed = mutate_code(text, get_operator(operator)(), occurrence)
        if changed is None or same_to_a_test(changed, plain):
            continue
        found.append(Mutant(path, operator, occurrence, *touched(text, changed)))
        if len(found) == count:
            break
    return found


def environment(root: Path) -> dict[str, str]:
    """Return an environment in which the copy's own sources are what is imported."""
    places = ("src", "plugins/os", "plugins/office", "plugins/antivirus", "catalogs")
    return os.environ | {"PYTHONPATH": os.pathsep.join(str(root / place) for place in places), "PYTHONDONTWRITEBYTECODE": "1"}


def copy_checkout(target: Path) -> Path:
    """Copy what the tests need."""
    target.mkdir(parents=True)
    for name in COPIED:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, target / name, ignore=shutil.ignore_patterns("__pycache__", ".hypothesis"))
        elif source.exists():
            shutil.copy2(source, target / name)
    return target


def reached(folder: Path, tests: Sequence[str], workers: int) -> tuple[dict[str, dict[int, set[str]]], dict[str, float]]:
    """Run the tests once under coverage; return which tests reach which line of which file, and how long each test takes."""
    root = copy_checkout(folder / "covered")
    data, report = root / ".coverage", root / "taken.json"
    config = root / ".coveragerc"
    config.write_text("[run]\nsource_pkgs = licmatch\n", encoding="utf-8")
    (root / "timing_plugin.py").write_text(
        "import json, os\ntaken, failed = {}, set()\n"
        "def pytest_runtest_logreport(report):\n"
        "    taken[report.nodeid] = taken.get(report.nodeid, 0.0) + report.duration\n"
        "    if not report.passed:\n        failed.add(report.nodeid)\n"
        "def pytest_sessionfinish(session):\n"
        "    with open(os.environ['TAKEN'], 'w') as out:\n"
        "        json.dump({test: time for test, time in taken.items() if test not in failed}, out)\n",
        encoding="utf-8",
    )
    words = [
        *PYTEST[:-1],
        "-p",
        "timing_plugin",
        "--cov",
        "--cov-config",
        str(config),
        "--cov-context=test",
        "--cov-report=",
        "-m",
        "not spark",
        "-n",
        str(workers),
        "--dist",
        "worksteal",
    ]
    env = environment(root) | {"TAKEN": str(report), "COVERAGE_FILE": str(data)}
    env["PYTHONPATH"] += os.pathsep + str(root)
    subprocess.run([sys.executable, *words, *tests], cwd=root, env=env, check=False, stdout=subprocess.DEVNULL)
    if not report.exists():
        raise SystemExit("the tests did not run to their end under coverage")
    taken: dict[str, float] = json.loads(report.read_text())
    from coverage import CoverageData

    found = CoverageData(str(data))
    found.read()
    lines: dict[str, dict[int, set[str]]] = {}
    for measured in found.measured_files():
        path = Path(measured)
        if root in path.parents:
            contexts = found.contexts_by_lineno(measured)
            lines[path.relative_to(root).as_posix()] = {
                line: {context.split("|")[0] for context in names if context.split("|")[0] in taken} for line, names in contexts.items()
            }
    shutil.rmtree(root)
    return lines, taken


def asked(mutant: Mutant, lines: dict[str, dict[int, set[str]]], taken: dict[str, float]) -> list[str]:
    """Return the tests for a mutant, the quickest first: those that reach its lines, or else any line of its file (a constant).

    Those beyond the first `QUICKEST` are as many as `REST_SECONDS` have room for.
    """
    known = lines.get(mutant.path, {})
    tests = set().union(*(known.get(line, set()) for line in mutant.lines))
    if not tests:
        tests = set().union(*known.values()) if known else set()
    ordered = sorted(tests, key=lambda test: (taken[test], test))
    rest = zip(ordered[QUICKEST:], accumulate(taken[test] for test in ordered[QUICKEST:]), strict=True)
    return ordered[:QUICKEST] + [test for test, until in rest if until <= REST_SECONDS]


def judge(mutant: Mutant, tests: Sequence[str], root: Path, taken: dict[str, float]) -> Outcome:
    """Let the tests loose on a mutant in this copy."""
    from cosmic_ray.mutating import mutate_code
    from cosmic_ray.plugins import get_operator

    if not tests:
        return Outcome(mutant, "unreached", 0, 0.0)
    path = root / mutant.path
    text = path.read_text(encoding="utf-8")
    start = time.monotonic()
    try:
        path.write_text(mutate_code(text, get_operator(mutant.operator)(), mutant.occurrence), encoding="utf-8")
        outcome = "survived"
        for some in (tests[:QUICKEST], tests[QUICKEST:]):
            if some and outcome == "survived":
                limit = LEAST_SECONDS + 10 * sum(taken[test] for test in some)
                command = [sys.executable, *PYTEST, "-p", "no:cov", *some]
                quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
                ended = subprocess.run(command, cwd=root, env=environment(root), check=False, timeout=limit, **quiet)
                outcome = "survived" if ended.returncode == 0 else "killed"
    except subprocess.TimeoutExpired:
        outcome = "timeout"
    finally:
        path.write_text(text, encoding="utf-8")
    return Outcome(mutant, outcome, len(tests), round(time.monotonic() - start, 1))


def main(arguments: list[str] | None = None) -> int:
    """Draw, judge, report; return 1 where fewer are noticed than `--least` asks."""
    parser = argparse.ArgumentParser(description="A seeded sample of mutants, and what share the tests notice.")
    parser.add_argument("--mutants", type=int, default=400)
    parser.add_argument("--seed", type=int, default=20050613)
    parser.add_argument("--of", nargs="+", default=list(MUTATED), help="folders whose code is changed")
    parser.add_argument("--tests", nargs="+", default=list(TESTS), help="tests that may notice")
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--least", type=float, default=0.8, help="share that must be noticed (default: 0.8)")
    parser.add_argument("-o", "--out", type=Path, default=ROOT / "bench-out" / "mutation.json")
    args = parser.parse_args(arguments)
    start = time.monotonic()
    mutants = draw(args.of, args.mutants, args.seed)
    with tempfile.TemporaryDirectory() as folder:
        lines, taken = reached(Path(folder), args.tests, args.workers)
        print(f"{len(mutants)} mutants, {len(taken)} tests, {time.monotonic() - start:.0f} s", flush=True)
        roots: SimpleQueue[Path] = SimpleQueue()
        for number in range(args.workers):
            roots.put(copy_checkout(Path(folder) / f"worker-{number}"))

        def one(mutant: Mutant) -> Outcome:
            root = roots.get()
            try:
                return judge(mutant, asked(mutant, lines, taken), root, taken)
            finally:
                roots.put(root)

        found: list[Outcome] = []
        with ThreadPoolExecutor(args.workers) as pool:
            for outcome in pool.map(one, mutants):
                found.append(outcome)
                if outcome.outcome in ("survived", "unreached"):
                    print(f"{outcome.outcome}: {outcome.mutant.path} {outcome.mutant.operator}\n{outcome.mutant.diff}", flush=True)
    counts = {name: sum(one.outcome == name for one in found) for name in ("killed", "timeout", "survived", "unreached")}
    share = (counts["killed"] + counts["timeout"]) / max(len(found), 1)
    spent = {name: round(sum(one.seconds for one in found if one.outcome == name)) for name in counts}  # by all workers together
    minutes = round((time.monotonic() - start) / 60, 1)
    result = {"seed": args.seed, "counts": counts, "seconds": spent, "share": round(share, 4), "minutes": minutes}
    args.out.parent.mkdir(parents=True, exist_ok=True)
    text = json.dumps(
        result | {"left": [asdict(one) for one in found if one.outcome in ("survived", "unreached")]}, indent=2, ensure_ascii=False
    )
    args.out.write_text(text + "\n", encoding="utf-8")
    print(json.dumps(result))
    return 0 if share >= args.least else 1


if __name__ == "__main__":
    sys.exit(main())
