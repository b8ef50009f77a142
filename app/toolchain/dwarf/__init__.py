"""DWARF, versions 2 to 5: which line of which file an instruction comes from (dwarfstd.org).

It only describes a program, so nothing of it has to be right: what makes no sense is as if it were not there.
"""
