"""What a stranger gets: the wheel made from the source archive, installed where nothing of this checkout is."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import tarfile
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Return a source archive, and the wheel made from it and not from the checkout."""
    folder = tmp_path_factory.mktemp("dist")

    def build(target: str, source: Path) -> Path:
        # hatchling and what the catalog needs to compile are in this environment already: nothing is downloaded.
        command = [sys.executable, "-m", "hatchling", "build", "--target", target, "--directory", str(folder)]
        ran = subprocess.run(command, cwd=source, capture_output=True, text=True, check=False)
        assert ran.returncode == 0, ran.stderr
        return next(folder.glob("*.whl" if target == "wheel" else "*.tar.gz"))

    archive = build("sdist", ROOT)
    with tarfile.open(archive) as packed:
        packed.extractall(folder / "unpacked", **({"filter": "data"} if hasattr(tarfile, "data_filter") else {}))
    return archive, build("wheel", next((folder / "unpacked").iterdir()))


@pytest.fixture(scope="module")
def stranger(built: tuple[Path, Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the python of a bare environment that holds the wheel; its dependencies are lent by this environment."""
    folder = tmp_path_factory.mktemp("bare")
    venv.create(folder, with_pip=True)
    python = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    quiet = ("--quiet", "--disable-pip-version-check", "--no-deps", "--no-index")
    subprocess.run([python, "-m", "pip", "install", *quiet, built[1]], check=True, cwd=folder)
    # Lent by a path file that is read after the environment's own packages, and without the editable licmatch that stands there.
    lent = next(folder.rglob("site-packages"))
    for package in Path(next(path for path in sys.path if path.endswith("site-packages"))).iterdir():
        if "licmatch" not in package.name.lower() and not (lent / package.name).exists() and not package.name.endswith(".pth"):
            (lent / package.name).symlink_to(package)
    return python


def run(python: Path, *words: object, cwd: Path) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "VIRTUAL_ENV")} | {"LANG": "C.UTF-8"}
    command = [python, "-m", "licmatch", *map(str, words)]
    return subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True, encoding="utf-8", check=False)


def installed(python: Path, project: Path, *words: str) -> None:
    """Install a project as its author would; its build backend is lent too, so nothing is downloaded."""
    quiet = ("--quiet", "--disable-pip-version-check", "--no-deps", "--no-index", "--no-build-isolation")
    command = [python, "-m", "pip", "install", *quiet, *words, project]
    ran = subprocess.run(command, capture_output=True, text=True, check=False, cwd=project)
    assert ran.returncode == 0, ran.stderr


def own_tests(python: Path, project: Path, cache: Path) -> str:
    """Run the tests of a project where it is installed, and return what pytest says at its end."""
    environment = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "VIRTUAL_ENV")}
    command = [python, "-m", "pytest", "-q", "-p", "no:cacheprovider", "tests"]
    ran = subprocess.run(
        command, cwd=project, env={**environment, "LICMATCH_CACHE": str(cache)}, capture_output=True, text=True, check=False
    )
    assert ran.returncode == 0, ran.stdout[-3000:]
    return ran.stdout.splitlines()[-1]


def test_the_example_plugin_installs_and_its_tests_pass(stranger, tmp_path):
    project = tmp_path / "licmatch-cad"
    shutil.copytree(ROOT / "docs" / "examples" / "licmatch-cad", project, ignore=shutil.ignore_patterns("__pycache__"))
    installed(stranger, project)
    try:
        assert "cad" in run(stranger, "plugins", "--quiet", cwd=tmp_path).stdout.split()
        assert own_tests(stranger, project, tmp_path / "cache").startswith("3 passed")
    finally:
        subprocess.run([stranger, "-m", "pip", "uninstall", "--quiet", "--yes", "licmatch-cad"], check=True, cwd=tmp_path)


def test_a_new_plugin_installs_and_its_tests_pass_as_they_stand(stranger, tmp_path):
    assert run(stranger, "plugins", "new", "pdf-tools", "--quiet", cwd=tmp_path).returncode == 0
    project = tmp_path / "licmatch-pdf-tools"
    installed(stranger, project, "--editable")
    try:
        assert "pdf-tools" in run(stranger, "plugins", "--quiet", cwd=tmp_path).stdout.split()
        assert own_tests(stranger, project, tmp_path / "cache").startswith("4 passed")
    finally:
        subprocess.run([stranger, "-m", "pip", "uninstall", "--quiet", "--yes", "licmatch-pdf-tools"], check=True, cwd=tmp_path)


def test_the_wheel_holds_the_packages_the_catalogs_and_the_compiled_catalog(built):
    names = set(zipfile.ZipFile(built[1]).namelist())
    for needed in (
        "licmatch/__init__.py", "licmatch/py.typed", "licmatch/catalog/builtin.msgpack", "licmatch/messages/zh.toml",
        "licmatch_os/__init__.py", "licmatch_office/__init__.py", "licmatch_antivirus/__init__.py",
        "licmatch_catalogs/__init__.py", "licmatch_catalogs/policy/verdicts.toml",
    ):  # fmt: skip
        assert needed in names
    tops = {name.split("/")[0] for name in names}
    assert {top for top in tops if not top.startswith("licmatch")} == set()


def test_the_wheel_holds_every_file_that_the_checkout_packs(built):
    packed = set(zipfile.ZipFile(built[1]).namelist())
    for folder in ("src", "catalogs", "plugins/os", "plugins/office", "plugins/antivirus"):
        package = next(path for path in (ROOT / folder).iterdir() if (path / "__init__.py").is_file())
        files = [path for path in package.rglob("*") if path.is_file() and "__pycache__" not in path.parts]
        assert {path.relative_to(ROOT / folder).as_posix() for path in files} - packed == set()


def test_the_same_source_gives_the_same_bytes_wherever_and_whenever_it_is_built(built, tmp_path):
    """Another folder, another order of hashes, another zone, other dates and rights of the files: the same wheel."""
    with tarfile.open(built[0]) as packed:
        packed.extractall(tmp_path / "elsewhere", **({"filter": "data"} if hasattr(tarfile, "data_filter") else {}))
    source = next((tmp_path / "elsewhere").iterdir())
    for path in source.rglob("*"):
        if path.is_file():
            os.utime(path, (1_000_000_000, 1_000_000_000))
            path.chmod(0o600)
    environment = {**os.environ, "PYTHONHASHSEED": "77", "TZ": "Asia/Shanghai", "LC_ALL": "C.UTF-8"}
    command = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(tmp_path / "dist")]
    subprocess.run(command, cwd=source, env=environment, capture_output=True, check=True)
    [again] = (tmp_path / "dist").glob("*.whl")
    assert hashlib.sha256(again.read_bytes()).hexdigest() == hashlib.sha256(built[1].read_bytes()).hexdigest()


def test_nothing_private_is_in_the_archives(built):
    with tarfile.open(built[0]) as archive:
        names = archive.getnames()
    private = (".venv", "__pycache__", "demo-result", "demo-county", "bench-out", ".msgpack")
    assert [name for name in names if any(part in name for part in private)] == []


def test_the_installed_command_answers(stranger, tmp_path):
    assert run(stranger, "--version", cwd=tmp_path).stdout.startswith("licmatch ")
    plugins = run(stranger, "plugins", "--quiet", cwd=tmp_path)
    assert (plugins.returncode, plugins.stdout.split()) == (0, ["antivirus", "office", "os"]), plugins.stderr
    code = "import licmatch; print(licmatch.__file__)"
    where = subprocess.run([stranger, "-c", code], capture_output=True, text=True, check=True, cwd=tmp_path).stdout
    assert Path(where.strip()).is_relative_to(stranger.parents[1])


def test_the_installed_engine_recognises(stranger, tmp_path):
    explained = run(stranger, "explain", "Microsoft Office 专业增强版 2016", "--quiet", cwd=tmp_path)
    assert explained.stdout.strip() == "office.microsoft-office-2016.professional-plus", explained.stderr


def test_the_installed_engine_uses_the_compiled_catalog(stranger, tmp_path):
    # A catalog that had to be compiled would be kept in the cache.
    cache = tmp_path / "cache"
    environment = {**os.environ, "LICMATCH_CACHE": str(cache)}
    code = "from licmatch import Engine; Engine.load()"
    subprocess.run([stranger, "-c", code], capture_output=True, text=True, check=True, cwd=tmp_path, env=environment)
    assert not cache.exists()
