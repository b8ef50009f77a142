"""Trapgate: a syscall playground. Runs programs on an emulated CPU under a small Linux-compatible kernel."""

__version__ = "0.1.0"
