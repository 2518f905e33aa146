"""An import-linter contract that lists what a zone may import and forbids the rest, also what nobody foresaw."""

import sys
from collections.abc import Iterable
from typing import cast

from grimp import ImportGraph
from importlinter import Contract, ContractCheck, fields, output

Violation = tuple[str, str, tuple[int, ...]]


class OnlyContract(Contract):
    """Modules of `zones` (with all below them, except `without`) import only the standard library, each other, our own
    modules in `inside` (with all below them) and the packages in `outside`. Imports inside functions count too."""

    type_name = "only"

    zones = fields.SetField(subfield=fields.StringField())
    without = fields.SetField(subfield=fields.StringField(), required=False)
    inside = fields.SetField(subfield=fields.StringField(), required=False)
    outside = fields.SetField(subfield=fields.StringField(), required=False)

    def check(self, graph: ImportGraph, verbose: bool) -> ContractCheck:
        """Look at every direct import of the zones."""
        violations = [
            violation
            for module in sorted(graph.modules)
            if self._is_ours(module)
            for violation in self._violations(graph, module)
        ]
        return ContractCheck(kept=not violations, metadata={"violations": violations})

    def render_broken_contract(self, check: ContractCheck) -> None:
        """One line for each import that is not on the list."""
        for importer, imported, lines in check.metadata["violations"]:
            places = ", ".join(map(str, lines))
            output.print_error(f"{importer} is not allowed to import {imported} (line {places})", bold=False)
        output.new_line()

    def _is_ours(self, module: str) -> bool:
        return _lies_in(module, _names(self.zones)) and not _lies_in(module, _names(self.without))

    def _violations(self, graph: ImportGraph, module: str) -> Iterable[Violation]:
        for imported in sorted(graph.find_modules_directly_imported_by(module)):
            if not self._is_allowed(imported):
                details = graph.get_import_details(importer=module, imported=imported)
                yield module, imported, tuple(sorted({detail["line_number"] for detail in details}))

    def _is_allowed(self, imported: str) -> bool:
        if self._is_ours(imported) or _lies_in(imported, _names(self.inside)):
            return True
        top = imported.partition(".")[0]
        return top in sys.stdlib_module_names or top in _names(self.outside)


def _names(field: object) -> frozenset[str]:
    """The value of a field: import-linter declares descriptors and leaves plain sets, or None, in their place."""
    return frozenset(cast("set[str] | None", field) or ())


def _lies_in(module: str, packages: Iterable[str]) -> bool:
    return any(module == package or module.startswith(f"{package}.") for package in packages)
