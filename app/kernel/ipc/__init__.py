"""System V interprocess communication: objects that live in the kernel and are found by a key (sysvipc(7))."""
