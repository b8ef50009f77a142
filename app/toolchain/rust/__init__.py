"""Rust: what `rustc` is asked for, what it answers, and the names that it gives to functions."""
