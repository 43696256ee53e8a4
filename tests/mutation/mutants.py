"""What can be changed in a module: cosmic-ray's operators, without what no test could ever tell."""

from __future__ import annotations

import warnings
from difflib import SequenceMatcher
from typing import TYPE_CHECKING

import attrs
from cosmic_ray.ast import ast_nodes, get_ast
from cosmic_ray.mutating import mutate_code
from cosmic_ray.plugins import get_operator, operator_names

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

__all__ = ["Mutant", "mutants_of"]

# These change nothing, or draw what they change at random.
_LEFT_OUT = ("NoOp", "VariableReplacer", "VariableInserter")


@attrs.frozen
class Mutant:
    """A module with one change.

    Args:
        operator: what cosmic-ray calls the change.
        line: where it is, from 1.
        before: that line as it was, without its indent.
        after: the line as it is now; empty when it is gone.
        source: the whole module.
    """

    operator: str
    line: int
    before: str
    after: str
    source: str


def mutants_of(source: str) -> list[Mutant]:
    """Return every mutant of a module that is another program, each once."""
    found = {changed: operator for operator, changed in _changed(source) if _compiles(changed)}
    return [Mutant(operator, *_difference(source, changed), changed) for changed, operator in found.items()]


def _changed(source: str) -> Iterator[tuple[str, str]]:
    nodes = list(ast_nodes(get_ast(source)))
    for name in operator_names():
        if name.endswith(_LEFT_OUT):
            continue
        operator = get_operator(name)()
        places = (node for node in nodes for _ in operator.mutation_positions(node))
        for occurrence, node in enumerate(places):
            if not _is_annotation(node):
                changed = mutate_code(source, operator, occurrence)
                yield name.rpartition("/")[2], changed


def _is_annotation(node: Any) -> bool:
    """Tell whether a node stands in an annotation, which is never evaluated here."""
    while node.parent is not None:
        before = node.get_previous_sibling()
        sign = getattr(before, "value", None)
        if sign == "->" or (sign == ":" and node.parent.type in {"tfpdef", "annassign"}):
            return True
        node = node.parent
    return False


def _compiles(source: str) -> bool:
    """Tell whether Python takes the source, and without a warning: our tests make errors of them."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        try:
            compile(source, "mutant", "exec", dont_inherit=True)
        except SyntaxError:
            return False
    return True


def _difference(source: str, changed: str) -> tuple[int, str, str]:
    """Return the number of the first line that is another, that line, and what stands for it."""
    old, new = source.splitlines(), changed.splitlines()
    codes = SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
    _kind, start, end, new_start, new_end = next(code for code in codes if code[0] != "equal")
    before, after = (list(map(str.strip, lines)) for lines in (old[start:end], new[new_start:new_end]))
    # A decorator that is gone leaves a blank line where it began.
    skipped = next((number for number, line in enumerate(before) if line), 0)
    return start + 1 + skipped, next(filter(None, before), ""), next(filter(None, after), "")
