"""One door for plugins, and it fails closed: every way a plugin can be wrong ends in a PluginError with a remedy."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest

from licmatch import Category, Engine, PluginError, hookimpl, load_plugins
from licmatch.cli.main import status
from licmatch.errors import EXIT_PLUGIN


def judge(installations, context):
    return installations


def owner(category_id: str, **settings):
    @hookimpl
    def licmatch_category() -> Category:
        return Category(id=category_id, title_en="Computer aided design", title_zh="计算机辅助设计", judge=judge, **settings)

    return SimpleNamespace(licmatch_category=licmatch_category)


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Put a distribution on the path as an installer would: its metadata, its entry points and its module."""

    def put(distribution: str, entries: dict[str, str], modules: dict[str, str] | None = None, version: str = "9.0") -> None:
        site = tmp_path / distribution
        info = site / f"{distribution.replace('-', '_')}-{version}.dist-info"
        info.mkdir(parents=True)
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {distribution}\nVersion: {version}\n")
        (info / "entry_points.txt").write_text("[licmatch.plugins]\n" + "".join(f"{name} = {where}\n" for name, where in entries.items()))
        for name, source in (modules or {}).items():
            (site / f"{name}.py").write_text(source)
            monkeypatch.delitem(sys.modules, name, raising=False)
        monkeypatch.syspath_prepend(str(site))

    return put


def plugin_source(category_id: str, **settings: object) -> str:
    more = "".join(f", {key}={value!r}" for key, value in settings.items())
    return (
        "import licmatch\n@licmatch.hookimpl\ndef licmatch_category():\n"
        f"    return licmatch.Category(id={category_id!r}, title_en='x', title_zh='x', judge=lambda frame, context: frame{more})\n"
    )


def test_the_built_in_categories_come_by_the_door_third_parties_use():
    plugins = load_plugins()
    assert [category.id for category in plugins.categories] == ["os", "office", "antivirus"]
    assert {name.distribution for name in plugins.names} == {"licmatch"}
    assert plugins.without == ()


def test_a_third_party_stands_beside_the_built_ins_in_the_order_of_names(install):
    install("acme-licmatch-cad", {"cad": "acme_cad"}, {"acme_cad": plugin_source("cad")})
    assert [name.name for name in load_plugins().names] == ["antivirus", "cad", "office", "os"]


def test_the_order_given_does_not_matter():
    one, two = ("b", owner("b")), ("a", owner("a"))
    forth, back = (load_plugins(installed=False, extra=pair) for pair in ([one, two], [two, one]))
    assert [category.id for category in forth.categories] == [category.id for category in back.categories] == ["a", "b"]


def test_nothing_is_global():
    first = load_plugins(installed=False, extra=[("cad", owner("cad"))])
    second = load_plugins(installed=False)
    assert first.manager is not second.manager
    assert second.categories == ()


def test_two_plugins_of_one_name_are_refused(install):
    install("acme-licmatch-os", {"os": "acme_os"}, {"acme_os": plugin_source("os")})
    with pytest.raises(PluginError, match=r"two plugins are called 'os'.*acme-licmatch-os 9\.0.*licmatch") as caught:
        load_plugins()
    assert "--without licmatch:os" in str(caught.value)
    assert caught.value.exit_code == EXIT_PLUGIN


def test_one_of_two_can_be_left_out_by_its_distribution(install):
    install("acme-licmatch-os", {"os": "acme_os"}, {"acme_os": plugin_source("os")})
    plugins = load_plugins(without=["licmatch:os"])
    assert [str(name) for name in plugins.names if name.name == "os"] == ["os (acme-licmatch-os 9.0)"]
    assert plugins.without == ("licmatch:os",)


@pytest.mark.parametrize(
    ("source", "what"),
    [
        ("raise ImportError('no module named solids')", "did not load: ImportError: no module named solids"),
        ("1/0", "did not load: ZeroDivisionError"),
        ("raise SystemExit(0)", "did not load: SystemExit"),
        ("def oops(:", "did not load: SyntaxError"),
    ],
)
def test_a_plugin_that_does_not_load_stops_the_run_and_says_what_to_do(install, source, what):
    install("acme-licmatch-cad", {"cad": "acme_broken"}, {"acme_broken": source})
    with pytest.raises(PluginError) as caught:
        load_plugins()
    assert "acme-licmatch-cad 9.0" in str(caught.value)
    assert what in str(caught.value)
    assert "--without cad" in str(caught.value)


def test_a_broken_plugin_can_be_left_out_without_being_imported(install):
    install("acme-licmatch-cad", {"cad": "acme_broken"}, {"acme_broken": "raise ImportError"})
    assert [name.name for name in load_plugins(without=["cad"]).names] == ["antivirus", "office", "os"]


def test_a_module_that_is_not_there_is_named(install):
    install("acme-licmatch-cad", {"cad": "acme_nowhere"})
    with pytest.raises(PluginError, match="acme_nowhere"):
        load_plugins()


def test_a_misspelt_hook_is_refused():
    @hookimpl
    def licmatch_categroy():
        return None

    with pytest.raises(PluginError, match="licmatch_categroy"):
        load_plugins(installed=False, extra=[("cad", SimpleNamespace(licmatch_categroy=licmatch_categroy))])


def test_a_hook_that_wants_more_than_the_specification_gives_is_refused():
    @hookimpl
    def licmatch_category(engine):
        return None

    with pytest.raises(PluginError, match="engine"):
        load_plugins(installed=False, extra=[("cad", SimpleNamespace(licmatch_category=licmatch_category))])


def test_a_default_in_a_hook_is_refused_since_pluggy_versions_differ_on_it():
    @hookimpl
    def licmatch_catalog_files(deep=True):
        return []

    with pytest.raises(PluginError, match=r"licmatch_catalog_files gives defaults to its arguments \(deep\)"):
        load_plugins(installed=False, extra=[("cad", SimpleNamespace(licmatch_catalog_files=licmatch_catalog_files))])


def test_a_category_bears_the_name_of_its_plugin():
    with pytest.raises(PluginError, match="owns the category 'cam'"):
        load_plugins(installed=False, extra=[("cad", owner("cam"))])


@pytest.mark.parametrize(("api", "who"), [(99, "a newer licmatch"), (0, "a newer version of this plugin")])
def test_another_api_is_refused_and_says_who_must_move(api, who):
    with pytest.raises(PluginError, match=f"speaks api {api}.*needs {who}"):
        load_plugins(installed=False, extra=[("cad", owner("cad", api=api))])


def test_an_answer_that_is_no_category_is_refused():
    @hookimpl
    def licmatch_category():
        return {"id": "cad"}

    with pytest.raises(PluginError, match="returned dict, not a Category"):
        load_plugins(installed=False, extra=[("cad", SimpleNamespace(licmatch_category=licmatch_category))])


def test_a_hook_that_fails_is_a_plugin_error():
    @hookimpl
    def licmatch_category():
        raise RuntimeError("no licence server")

    with pytest.raises(PluginError, match="failed in licmatch_category: RuntimeError: no licence server"):
        load_plugins(installed=False, extra=[("cad", SimpleNamespace(licmatch_category=licmatch_category))])


def test_a_plugin_without_a_category_adds_catalogs_only():
    @hookimpl
    def licmatch_catalog_files():
        return []

    plugins = load_plugins(installed=False, extra=[("more-names", SimpleNamespace(licmatch_catalog_files=licmatch_catalog_files))])
    assert plugins.categories == ()
    assert [name.name for name in plugins.names] == ["more-names"]


FORGETFUL = "import licmatch\n@licmatch.hookimpl\ndef licmatch_category():\n    pass\n"
UNMARKED = plugin_source("cad").replace("@licmatch.hookimpl\n", "")


@pytest.mark.parametrize(
    ("source", "what", "remedy"),
    [
        ("", "hands over nothing: no function is marked @hookimpl", "licmatch_catalog_files or licmatch_category"),
        (UNMARKED, "hands over nothing: no function is marked @hookimpl", "write @licmatch.hookimpl above its licmatch_category,"),
        (
            plugin_source("cad") + "def licmatch_catalog_files():\n    return []\n",
            "licmatch_catalog_files is not marked @hookimpl",
            "above its licmatch_catalog_files,",
        ),
        (FORGETFUL, "hands over nothing: licmatch_category returned None", "return its Category"),
    ],
)
def test_a_plugin_that_hands_over_nothing_stops_the_run_and_says_what_to_do(install, capsys, source, what, remedy):
    install("acme-licmatch-cad", {"cad": "acme_cad"}, {"acme_cad": source})
    with pytest.raises(PluginError) as caught:
        load_plugins()
    assert str(caught.value).startswith("plugin cad (acme-licmatch-cad 9.0): ")
    assert what in str(caught.value)
    assert remedy in caught.value.hint
    assert "--without cad" in caught.value.hint
    assert status(["plugins"]) == EXIT_PLUGIN
    assert what in capsys.readouterr().err


@pytest.mark.parametrize(
    ("settings", "what"),
    [
        ({"judge": None}, "judge is None, not a function"),
        ({"remark": "later"}, "remark is 'later', not a function"),
        ({"title_zh": None}, "title_zh is None, not a text"),
        ({"use_rights": "use_rights.toml"}, "use_rights is a str, not a path"),
        ({"flags": ("old",)}, "flags are not a tuple of Flag"),
    ],
)
def test_a_category_no_run_could_use_is_refused_when_it_loads(settings, what):
    @hookimpl
    def licmatch_category() -> Category:
        return Category(**{"id": "cad", "title_en": "CAD", "title_zh": "辅助设计", "judge": judge, **settings})

    with pytest.raises(PluginError, match=rf"plugin cad \(given\): in its Category {what}"):
        load_plugins(installed=False, extra=[("cad", SimpleNamespace(licmatch_category=licmatch_category))])


def catalogs_of(files: Callable[[Path], object]) -> Callable[[Path], SimpleNamespace]:
    def made(folder: Path) -> SimpleNamespace:
        @hookimpl
        def licmatch_catalog_files():
            return files(folder)

        return SimpleNamespace(licmatch_category=owner("cad").licmatch_category, licmatch_catalog_files=licmatch_catalog_files)

    return made


def failing() -> object:
    raise RuntimeError("no licence server")


@pytest.mark.parametrize(
    ("files", "what"),
    [
        (lambda folder: [folder / "catalogue"], r"the catalog .*catalogue does not exist"),
        (lambda folder: [folder / "cad.toml"], r"the catalog .*cad\.toml does not exist"),
        (lambda folder: [folder / "empty"], r"empty holds no catalog"),
        (lambda folder: [folder / "site.json"], r"site\.json holds no catalog"),
        (lambda folder: ["catalog"], r"'catalog', which is a str and not a path"),
        (lambda folder: folder / "empty", r"failed in licmatch_catalog_files: TypeError"),
        (lambda folder: "catalog", r"returned str, not a list of paths"),
        (lambda folder: None, r"returned NoneType, not a list of paths"),
        (lambda folder: failing(), r"failed in licmatch_catalog_files: RuntimeError: no licence server"),
    ],
)
def test_a_catalog_that_is_not_there_stops_the_run(tmp_path, files, what):
    (tmp_path / "empty").mkdir()
    (tmp_path / "site.json").write_text("{}")
    plugins = load_plugins(extra=[("cad", catalogs_of(files)(tmp_path))])
    with pytest.raises(PluginError, match=what) as caught:
        Engine.load(plugins=plugins)
    assert str(caught.value).startswith("plugin cad (given): ")
    assert "--without cad" in caught.value.hint


def test_a_forgotten_return_does_not_leave_products_without_a_judge(tmp_path):
    catalog = Path(__file__).parents[2] / "docs" / "examples" / "licmatch-cad" / "src" / "licmatch_cad" / "catalog"

    @hookimpl
    def licmatch_category():
        owner("cad").licmatch_category()

    @hookimpl
    def licmatch_catalog_files():
        return [catalog]

    plugin = SimpleNamespace(licmatch_category=licmatch_category, licmatch_catalog_files=licmatch_catalog_files)
    with pytest.raises(PluginError, match=r"plugin cad \(given\): catalogs have products of the category 'cad', and it owns no category"):
        Engine.load(plugins=load_plugins(extra=[("cad", plugin)]))
    # Under another name it adds products to a category that somebody else may own.
    assert Engine.load(plugins=load_plugins(extra=[("more-names", plugin)])).categories


def test_the_list_of_plugins_tells_a_catalog_that_is_not_there(install, capsys):
    source = plugin_source("cad") + (
        "from importlib.resources import files\n@licmatch.hookimpl\ndef licmatch_catalog_files():\n"
        "    return [files('licmatch') / 'catalogue']\n"
    )
    install("acme-licmatch-cad", {"cad": "acme_cad"}, {"acme_cad": source})
    assert status(["plugins"]) == EXIT_PLUGIN
    told = capsys.readouterr().err
    assert "plugin cad (acme-licmatch-cad 9.0): the catalog" in told
    assert "catalogue does not exist" in told
    assert status(["plugins", "--without", "cad"]) == 0


def test_leaving_out_what_is_not_there_is_refused():
    with pytest.raises(PluginError, match="no plugin 'antivir'") as caught:
        load_plugins(without=["antivir"])
    assert "antivirus" in str(caught.value)


def test_the_example_of_the_reference_page_is_a_plugin(install):
    page = (Path(__file__).parents[2] / "docs" / "reference" / "hooks.md").read_text(encoding="utf-8")
    source = page.split("```python file=acme_licmatch_cad/__init__.py\n")[1].split("```")[0]
    install("acme-licmatch-cad", {"cad": "acme_licmatch_cad"}, {"acme_licmatch_cad": source})
    assert "cad" in [category.id for category in load_plugins().categories]


def test_one_plugin_is_left_out_by_its_name_alone():
    assert "os" not in [category.id for category in load_plugins(without="os").categories]
    assert load_plugins(without="os").without == ("os",)
