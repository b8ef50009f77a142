"""What ptrace(2) shows of each architecture are registers that its CPU has."""

import pytest

from app.cpu.arch import architecture
from app.kernel.abi import ABIS


@pytest.mark.parametrize("name", ABIS)
def test_every_field_is_a_register(name):
    traced, registers = ABIS[name].traced, architecture(name).registers
    fields = ABIS[name].structs["user_regs_struct"].offsets
    assert {traced.result, *traced.fixed, *traced.bases, *traced.others, *traced.absent} <= set(fields)
    assert {field for field in (traced.number, traced.flags[0]) if field} <= set(fields)
    for field in set(fields) - {traced.number, *traced.absent}:
        assert traced.others.get(field, field) in registers
