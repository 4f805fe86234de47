from __future__ import annotations

import pytest

from licmatch.signatures.literals import sure_literals


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("kmspico", {"kmspico"}),
        ("kms ?pico", {"pico"}),
        ("abcd?e", {"abc"}),
        ("abc|xyz", {"abc", "xyz"}),
        ("abc|x", set()),
        ("(?:autocad|天正建筑).{0,20}(?:破解|免激活)", {"autocad", "天正建筑"}),
        ("(?:abc)?def", {"def"}),
        ("(?:abc)*", set()),
        ("(?:abc){0,2}", set()),
        ("(?:abc){1,2}x", {"abc"}),
        ("abc+d", {"abc"}),
        (r"a\.exe", {"a.exe"}),
        (r"\d\d\bkms\b", {"kms"}),
        ("[abc]def[^ghi]", {"def"}),
        ("[]abc]def", {"def"}),
        ("激活", {"激活"}),
        ("(?i)ABC", {"abc"}),
        (r"\p{Han}abc", {"abc"}),
        ("", set()),
    ],
)
def test_what_every_match_holds(pattern: str, expected: set[str]) -> None:
    assert sure_literals(pattern) == expected
