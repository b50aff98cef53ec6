"""One command module as a command line of its own."""

from __future__ import annotations

import sys
from importlib import import_module

import typer
from typer.main import get_command

#: Command -> module, where a module can't have the name of its command.
MODULES = {"import": "importing"}


def call(name: str, arguments: list[str]) -> int:
    """Parse the arguments of a command and run it.

    Returns:
        The exit code; 2 where the arguments don't fit, said on stderr.
    """
    module = import_module(f".{MODULES.get(name, name)}", __package__)
    app = typer.Typer(add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False)
    app.command(name, help=None)(module.command)
    parser = get_command(app)
    try:
        code = parser.main(args=arguments, prog_name=f"evidence {name}", standalone_mode=False)
    except typer.Exit as stop:
        return stop.exit_code
    except typer.Abort:
        raise KeyboardInterrupt from None
    except SystemExit as stop:
        # The parser turns a reader that has gone into an exit of its own.
        if isinstance(stop.__context__, BrokenPipeError):
            raise stop.__context__ from None
        raise
    except Exception as error:
        show = getattr(error, "show", None)
        if show is None:
            raise
        sys.stdout.flush()
        show(file=sys.stderr)
        return int(getattr(error, "exit_code", 2))
    return code if isinstance(code, int) else 0
