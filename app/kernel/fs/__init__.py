"""The file system in memory: inodes, path walk, open file descriptions, descriptor tables, pipes and the terminal.

In reading order: `inode.py` and `superblock.py` (what a file is), `path.py` (from a name to a file), `file.py` (what
`open` makes), `descriptors.py` (the numbers a program sees), then the kinds of files; `pseudo.py` and `procfs` (files
that the kernel makes up when somebody looks); `tty.py`, `pty.py` and `job_control.py` (terminals). No path and no byte
reaches the host.
"""
