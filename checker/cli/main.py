"""`readiness`: which commands there are, and how a run ends. Commands are imported when they are called: start-up is felt."""

from __future__ import annotations

import importlib
import io
import os
import signal
import sys
from collections.abc import Mapping
from pathlib import Path

import click

from checker import __version__
from checker.cli.options import CONTEXT
from checker.errors import ReadinessError

INTERRUPTED, WRONG_USE = 130, 2

# name → (module below checker.cli, one line for the list of commands)
COMMANDS: Mapping[str, tuple[str, str]] = {
    "demo": ("demo", "Try it: audit the embedded pair of systems and write the report."),
    "init": ("init", "Write readiness.yaml from two API documents."),
    "inspect": ("inspect", "Show what one API document declares."),
    "audit": ("audit", "The main job: check both systems and write the report."),
    "data": ("data", "What the records say: forecast, duplicates, fields, rules of the other side."),
    "sync": ("sync", "The configured sync in the sandboxes: plan it, apply the plan, see what is open."),
    "rehearse": ("rehearse", "Play the sync through with test records in both sandboxes."),
    "webhook": ("webhook", "Events: receive them, try out a system's, send kept ones again."),
    "doctor": ("doctor", "Check the surroundings: project file, secrets, network, clocks, leave to write."),
    "login": ("login", "Sign in to a system in the browser, once, and keep the refresh token."),
    "cleanup": ("cleanup", "Remove test records that a run left behind."),
    "purge": ("purge", "Remove all that is stored for the project."),
    "report": ("report", "Render a saved audit again, in another format or language."),
    "checklist": ("checklist", "List, show and check the checklist's items."),
    "explain": ("explain", "Explain a finding, an item or an error at length."),
    "project": ("project", "The project file's JSON Schema."),
}

EPILOG = """\b
Examples:
  readiness demo                                 see a whole audit in a minute
  readiness init crm=crm.json erp=erp.yaml       start a project of your own
  readiness audit                                check both systems, write the report

\b
Exit codes: 0 ready or done, 1 not ready, 2 wrong use or input, 3 undecided, 4 refused, 5 decisions await,
70 a bug of ours, 130 interrupted."""


class Late(click.Group):
    """A group whose commands are imported when they are called; the list of commands needs none of them."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """All names, in the order in which a newcomer needs them."""
        del ctx
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of that name, imported now."""
        del ctx
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = importlib.import_module(f"checker.cli.{COMMANDS[cmd_name][0]}").command
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """As click does, with "did you mean"."""
        name = args[0]
        if name not in COMMANDS and not name.startswith("-"):
            import difflib

            near = difflib.get_close_matches(name, COMMANDS, 1)
            hint = f" Did you mean {near[0]}?" if near else ""
            ctx.fail(f"There is no command {name!r}.{hint} Commands: {', '.join(COMMANDS)}.")
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The list of commands, from the table above."""
        del ctx
        with formatter.section("Commands"):
            formatter.write_dl([(name, told) for name, (_, told) in COMMANDS.items()])


@click.group(
    cls=Late,
    invoke_without_command=True,
    epilog=EPILOG,
    context_settings=CONTEXT,
)
@click.version_option(__version__, "--version", prog_name="readiness")
@click.option("--debug", is_flag=True, help="Show a traceback where something breaks.")
@click.pass_context
def readiness(ctx: click.Context, *, debug: bool) -> None:
    """Check whether two business systems (CRM, ERP, shop, billing) can be integrated, and who has to do what before.

    Without a command: where you are, and what comes next.
    """
    del debug
    if ctx.invoked_subcommand is None:
        from checker.cli.here import show

        show()


def main(arguments: list[str] | None = None) -> None:
    """Run, and end with the exit codes of the README."""
    ready_streams()
    code = outcome(sys.argv[1:] if arguments is None else arguments)
    if code == INTERRUPTED and arguments is None:
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # a second Ctrl-C would only break the way out
    sys.exit(code)


def outcome(words: list[str]) -> int:
    """Run, tell what went wrong, and give the exit code."""
    try:
        code = readiness.main(args=words, prog_name="readiness", standalone_mode=False)
    except (KeyboardInterrupt, click.Abort):
        click.echo("interrupted", err=True)
        code = INTERRUPTED
    except click.ClickException as error:
        error.show()
        code = WRONG_USE
    except ReadinessError as error:
        from checker.cli import failures

        code = failures.report(error, words)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = 0
    except OSError as error:
        from checker.cli import failures

        code = failures.report_system(error, words)
    except Exception as error:  # noqa: BLE001 - the top: whatever is left is a bug of ours
        from checker.cli import failures

        code = failures.report_bug(error, words)
    return code if isinstance(code, int) else 0


def ready_streams() -> None:
    """Whatever the terminal can't spell is shown escaped, and closed streams swallow what is written: both would end in a traceback."""
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:
            setattr(sys, name, Path(os.devnull).open("w", encoding="utf-8"))  # noqa: SIM115 - for as long as the program runs
        elif isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
