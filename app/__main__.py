"""`python -m app` is `trapgate`."""

from app.cli import main

main(prog_name="trapgate")
