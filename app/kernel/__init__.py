"""Traps to answers: a small Linux-compatible kernel."""
