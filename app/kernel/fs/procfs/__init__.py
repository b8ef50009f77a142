"""/proc: what the kernel knows, as files (proc(5)).

In reading order: `mount.py` (the root directory), `subject.py` (whose directory it is), `process.py` (the table of
/proc/PID), then the contents: `status.py`, `memory.py`, `descriptors.py`, `links.py`, `mounts.py` of a process;
`system.py`, `sysctl.py`, `sysvipc.py`, `config.py`, `network.py` of the machine.
"""
