"""The functions of an assembled program: what its labels divide the code into."""

from __future__ import annotations

from itertools import pairwise

from app.toolchain.program import Function, Segment, Symbol


def functions_of(symbols: list[Symbol], segments: list[Segment]) -> tuple[Function, ...]:
    """One function for each label in executable sections, up to the next one or the end of its section.

    Labels that belong to another label, as NASM has them (`print.loop`), are part of it.
    """
    functions: list[Function] = []
    for segment in segments:
        if "x" not in segment.perms:
            continue
        end = segment.address + segment.size
        labels: dict[int, str] = {}
        for symbol in symbols:
            if symbol.section == segment.name and segment.address <= symbol.address < end and "." not in symbol.name:
                labels.setdefault(symbol.address, symbol.name)
        places = [*sorted(labels), end]
        functions += [Function(labels[start], start, stop - start, library=False) for start, stop in pairwise(places)]
    return tuple(sorted(functions, key=lambda function: function.address))
