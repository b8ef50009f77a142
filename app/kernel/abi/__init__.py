"""What a program and its kernel agree on, as data: call tables, constants, structures and their text."""
