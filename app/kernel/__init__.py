"""A small Linux-compatible kernel, written to be read: traps in, answers and events out.

The whole road of one system call, in reading order: `kernel.py` (the run loop), `dispatcher.py` (trap, table, answer),
`syscall.py` (what a signature means), `arguments/` (fetch, check, explain), `syscalls/` (the calls themselves), and the
subsystems they use: `fs/`, `mm/`, `signal.py`, `clock.py`.
"""
