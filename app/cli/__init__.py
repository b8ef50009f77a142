"""The `trapgate` command. A subcommand's module is loaded when it is called, so that help is there at once."""

from __future__ import annotations

from importlib import import_module

import click

from app import __version__

COMMANDS = {
    "serve": ("app.cli.serve:serve", "Serve the playground to browsers."),
    "run": ("app.cli.run:run", "Run a program, with a trace if wanted."),
    "asm": ("app.cli.asm:asm", "Show address, bytes and source line of a program."),
    "syscalls": ("app.cli.syscalls:syscalls", "Show the system call table, or one call."),
    "doctor": ("app.cli.doctor:doctor", "Say what works on this machine and what is missing."),
}
"""Name -> (where the click command is, what it does)."""


class LazyGroup(click.Group):
    """A group whose commands are the rows of `COMMANDS`."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """In the order of the table."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Load the command `cmd_name`, None when there is none."""
        if cmd_name not in COMMANDS:
            return None
        module, attribute = COMMANDS[cmd_name][0].split(":")
        command: click.Command = getattr(import_module(module), attribute)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands without loading them."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, summary) for name, (_, summary) in COMMANDS.items()])


@click.group(cls=LazyGroup)
@click.version_option(__version__, prog_name="trapgate")
def main() -> None:
    """A syscall playground: run assembly and watch it cross into the kernel."""
