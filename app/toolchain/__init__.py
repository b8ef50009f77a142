"""Source text to Program: assembler dialects over Keystone, and the ELF loader. A leaf: imports nothing of `app`."""
