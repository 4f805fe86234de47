"""What the names of a site's pack weigh: a made-up pack, names written as people write them, and the answers as they were.

A draw from words, makers, numbers and ids in every shape the pack layer knows; the seed is fixed. What moves here moves answers and
scores that people rely on. After a change that is meant: `LICMATCH_UPDATE_GOLDEN=1 pytest tests/golden`, then read the difference
before keeping it.
"""

from __future__ import annotations

import json
import os
import random
from collections.abc import Iterator
from pathlib import Path

import polars as pl

from licmatch.catalog.pack import load_pack
from licmatch.match.fuzzy import PackMatcher

EXPECTED = Path(__file__).parent / "pack_weights.tsv"
WORDS = (
    "Amber", "Anvil", "Beacon", "Birch", "Cedar", "Cobalt", "Copper", "Delta", "Ember", "Falcon", "Garnet", "Harbor", "Indigo", "Jasper",
    "Kestrel", "Lantern", "Marble", "Nimbus", "Onyx", "Pebble", "Quarry", "Raven", "Saffron", "Tundra", "Umber", "Velvet", "Willow",
    "Yarrow", "Zephyr",
)  # fmt: skip
KINDS = (
    "Editor", "Viewer", "Studio", "Player", "Backup Manager", "Remote Desktop", "PDF Converter", "Software Development Kit", "Server",
    "Photo Tools", "Driver Pack", "Text Compare", "Archiver", "Mail Client", "笔记", "打印助手",
)  # fmt: skip
FORMS = ("Inc.", "GmbH", "LLC", "Corporation", "s.r.o.", "Ltd", "Software", "Labs", "Foundation", "科技有限公司")


def made_pack(draw: random.Random) -> list[dict[str, object]]:
    """Return the products: families of several ids, years, releases, previews, architectures, and products that stand alone."""
    products: list[dict[str, object]] = []
    for word in WORDS:
        maker = f"{draw.choice(WORDS)}{draw.choice(('', 'soft', ' Systems'))}"
        publisher = f"{maker} {draw.choice(FORMS)}"
        for kind in draw.sample(KINDS, 3):
            name, base = f"{word} {kind}", f"{maker.replace(' ', '')}.{word}{kind.replace(' ', '')}"
            shape = draw.choice(("alone", "alone", "years", "releases", "early", "archs", "twice", "named"))
            if shape == "years":
                products += [{"id": f"{base}.{year}", "name": f"{name} {year}", "publisher": publisher} for year in (2019, 2021, 2024)]
            elif shape == "releases":
                told = [(release, f"{name} {release}.{draw.randrange(10)}") for release in (7, 8, 9)]
                products += [{"id": f"{base}.{release}", "name": full, "publisher": publisher} for release, full in told]
            elif shape == "early":
                products.append({"id": base, "name": name, "publisher": publisher})
                products.append({"id": f"{base}.Beta", "name": f"{name} Beta", "publisher": publisher})
            elif shape == "archs":
                products.append({"id": base, "name": name, "publisher": publisher})
                products.append({"id": f"{base}.x86", "name": f"{name} (x86)", "publisher": publisher})
            elif shape == "twice":
                products.append({"id": f"{base}.Community", "name": name, "publisher": publisher, "also_ids": [f"{base}.Pro"]})
            else:
                products.append({"id": base, "name": f"{maker} {name}" if shape == "named" else name, "publisher": publisher})
    return products


def written(product: dict[str, object], draw: random.Random) -> Iterator[tuple[str, str | None, str | None]]:
    """Yield the product as dumps write it: with versions, without maker, misspelled, joined, cut, with more words than it has."""
    name, publisher = str(product["name"]), str(product["publisher"])
    words = name.split()
    at = draw.randrange(len(name))
    maker = publisher.split()[0]
    forms = (
        (name, publisher, None),
        (f"{name} {draw.randrange(1, 12)}.{draw.randrange(10)}.{draw.randrange(400)}", maker, None),
        (f"{name} (64-bit)", None, f"{draw.randrange(1, 12)}.{draw.randrange(10)}"),
        (f"{name} {draw.choice((2019, 2020, 2024))}", publisher, None),
        (name[:at] + draw.choice("aeiou") + name[at + 1 :], publisher, None),
        (name[:at] + name[at + 1 :], None, None),
        (name.replace(" ", ""), publisher, None),
        (" ".join(words[1:]) or name, publisher, None),
        (" ".join(words[:-1]) or name, maker, None),
        (f"{maker} {name}", None, None),
        (f"{name} - {draw.choice(WORDS)} {draw.choice(KINDS)}", publisher, None),
        (f"{name} {draw.choice(('Beta', 'Preview 2', 'x86', 'Pro', 'Deutsch', 'Update', 'Tools'))}", publisher, None),
        (" ".join(reversed(words)), publisher, None),
        ("".join(word[0] for word in words), publisher, None),
        (name, f"www.{maker.lower()}.com", None),
        (name, draw.choice(WORDS), None),
    )
    return iter(draw.sample(forms, 3))


def test_names_of_a_pack_weigh_what_they_weighed(tmp_path: Path) -> None:
    draw = random.Random("a pack")
    products = made_pack(draw)
    file = tmp_path / "pack.json"
    file.write_text(json.dumps({"licmatch_pack": 1, "products": products}, ensure_ascii=False), encoding="utf-8")
    asked = sorted({row for product in products for row in written(product, draw)}, key=str)
    pack = PackMatcher(load_pack(file), probability=float)
    rows = pl.DataFrame(asked, schema=dict.fromkeys(("name", "publisher", "version"), pl.String), orient="row")
    answers = pack.decide(rows).select("lm_product_id", "lm_score", "lm_margin").iter_rows()
    lines = []
    for row, answer in zip(asked, answers, strict=True):
        why = pack.explain_pack(*row)
        assert (why.status == "recognised", why.product_id) == (answer[0] is not None, answer[0])
        others = [f"{identity} {share:.4f}" for identity, share in why.others[:2]]
        lines.append("\t".join("" if one is None else str(one) for one in (*row, why.status, *answer, why.odds, why.share, *others)))
    if os.environ.get("LICMATCH_UPDATE_GOLDEN") == "1":
        EXPECTED.write_text("\n".join(lines) + "\n", encoding="utf-8")
    assert lines == EXPECTED.read_text(encoding="utf-8").splitlines()
