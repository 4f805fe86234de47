"""Lines of keys in TOML text, whatever strings, comments and nested tables stand around them."""

from __future__ import annotations

import pytest

from licmatch.rules.placing import Placed

TEXT = '''\
# [[rule]] in a comment is none
[[rule]]
title = "when = { [[rule]]"
note = """
[[rule]]
when = 1
"""
when = { a = 1, b = { c = 2 } }
any = [
  { a = 1 },
  { b = [
      3, { d = 4 },
    ] },
]

  [[rule]]
[rule.when]
a = 1
[[rule.unless]]
id = "x"
[[rule.unless]]
id = "y"
[rule.unless.when]
b = 2
'''


@pytest.mark.parametrize(
    ("block", "path", "line"),
    [
        (0, (), 2),
        (0, ("title",), 3),
        (0, ("when",), 8),
        (0, ("when", "b", "c"), 8),
        (0, ("any", 0, "a"), 10),
        (0, ("any", 1, "b"), 11),
        (0, ("any", 1, "b", 0, "d"), 12),
        (0, ("any", 7), 9),
        (0, ("nothing", "a"), 2),
        (1, (), 16),
        (1, ("when", "a"), 18),
        (1, ("unless", 0, "id"), 20),
        (1, ("unless", 1), 21),
        (1, ("unless", 1, "when", "b"), 24),
        (2, (), None),
    ],
)
def test_a_key_is_found_at_its_line(block: int, path: tuple[str | int, ...], line: int | None) -> None:
    assert Placed(TEXT, "rule").line(block, path) == line


def test_a_table_that_is_set_in_by_much_is_found_at_its_own_line() -> None:
    text = "[[rule]]\nid = 1\n" + " " * 40 + "[[rule]]\nid = 2\n"
    assert [Placed(text, "rule").line(1, path) for path in ((), ("id",))] == [3, 4]


def test_hostile_text_takes_no_longer_than_its_length() -> None:
    # A quadratic reader would need minutes here.
    for text in ("[" * 200_000, '"' * 200_001, "'''" * 70_001, "any = [" + "{" * 200_000, "[[rule]]\n" + "a = 1\n" * 100_000):
        Placed(text, "rule").line(0, ("any", 3, "x"))


@pytest.mark.parametrize("form", ["[[rule.example]]\nx = 1\n", "  { x = 1,\n    y = [2] },\n"])
def test_every_element_of_a_long_list_is_found(form: str) -> None:
    inside = form.startswith("  ")
    text = "[[rule]]\nid = 1\n" + ("example = [\n" if inside else "") + form * 3_000 + ("]\n" if inside else "")
    placed = Placed(text, "rule")
    first = 4 if inside else 3
    assert [placed.line(0, ("example", at)) for at in range(3_000)] == [first + 2 * at for at in range(3_000)]
    assert placed.line(0, ("example", 3_000)) == 3
