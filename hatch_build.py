"""Compile the built-in catalog when a wheel or an editable install is built, so that an engine loads in milliseconds."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

# The packages live in several folders; the build compiles with the very code it is about to pack.
SOURCES = ("src", "catalogs", "plugins/os", "plugins/office", "plugins/antivirus")
TARGET = "src/licmatch/catalog/builtin.msgpack"
RULES = "src/licmatch/rules/builtin.msgpack"
SIGNATURES = "src/licmatch/signatures/builtin.msgpack"


class CompileCatalog(BuildHookInterface):  # type: ignore[type-arg]
    """Runs `compile_builtin` before the files of the wheel are gathered."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Write the compiled catalog; a fault in a catalog fails the build with the faults listed."""
        root = Path(self.root)
        before = list(sys.path)
        sys.path[:0] = [str(root / folder) for folder in SOURCES]
        try:
            from licmatch.catalog.compile import compile_builtin, decode
            from licmatch.rules.load import compile_builtin as compile_rules
            from licmatch.signatures.compiled import compile_builtin as compile_signatures

            compile_builtin(root / TARGET)
            compile_signatures(decode((root / TARGET).read_bytes()).signatures, root / SIGNATURES)
            compile_rules(root / RULES)
        finally:
            sys.path[:] = before
