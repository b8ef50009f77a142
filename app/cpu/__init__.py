"""A Program's machine: Unicorn in real user mode, one small module per architecture. Knows nothing of Linux."""
