"""The command line: the commands in the order of the work, and how each ends.

Results go to stdout, everything else to stderr. Exit codes: 0 fine, 1 failed or worse, 2 usage or
spec error, 3 inconclusive.
"""

from __future__ import annotations

import contextlib
import errno
import io
import logging
import signal
import sys
from typing import NoReturn

import click

from harness import __version__
from harness.cli import about, experiments, models, runs
from harness.data.commands import data
from harness.errors import PodiumError
from harness.store.files import reason
from harness.store.secret import scrubbed
from harness.store.streams import give_up, open_streams, tell, unprintable

# What writing to an open file says when it fails; no file is named then.
_OF_STDOUT = (errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.EFBIG)
# In the order of the work.
_COMMANDS = (
    experiments.init, experiments.run, experiments.plan, experiments.check, experiments.sweep,
    runs.score, runs.report, runs.compare, runs.nightly, runs.bless, runs.calibrate,
    models.bench, models.export, models.chat,
    about.suites, about.schema, about.doctor, about.completion, data,
)  # fmt: skip


class _Commands(click.Group):
    """Commands in the order of the work, and a hint where a name is misspelt."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        return list(self.commands)


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="podium")
@click.option("-q", "--quiet", is_flag=True, help="Say nothing on stderr but errors.")
@click.option("--debug", is_flag=True, help="Show where an error came from, packages included.")
def podium(quiet: bool, debug: bool) -> None:
    """From a table to a ranked leaderboard: distill, fine-tune, infer, score, report."""
    # Heavy packages warn about themselves; only their errors concern the user.
    logging.basicConfig(format="%(message)s", stream=sys.stderr, level=logging.ERROR)
    logging.getLogger("podium").setLevel(
        logging.DEBUG if debug else logging.ERROR if quiet else logging.INFO
    )
    for handler in logging.getLogger().handlers:
        handler.addFilter(_without_keys)


for _command in _COMMANDS:
    podium.add_command(_command)


def _without_keys(record: logging.LogRecord) -> bool:
    """A record is shown without any key."""
    record.msg, record.args = scrubbed(record.getMessage()), ()
    if record.exc_info:
        record.exc_text = scrubbed(logging.Formatter().formatException(record.exc_info))
    return True


def _terminated(_: int, __: object) -> NoReturn:
    """A polite kill, or a closed terminal, ends as Ctrl-C does: what is under way is kept."""
    raise KeyboardInterrupt


def main() -> None:
    """Run the command line; a user's mistake is one line on stderr and an exit code."""
    open_streams()
    try:
        _main()
    finally:  # else Python complains about what it cannot print, and ends in 120
        give_up(sys.stdout)
        give_up(sys.stderr)


def _main() -> None:
    """Run the command, and end with its exit code."""
    for polite in (signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(polite) is not signal.SIG_IGN:  # as nohup asks
            signal.signal(polite, _terminated)
    try:
        podium(standalone_mode=False)
    except click.exceptions.Abort:
        sys.exit(130)
    except click.ClickException as error:
        said = io.StringIO()
        error.show(said)
        with contextlib.suppress(OSError):  # nobody reads stderr
            click.echo(scrubbed(said.getvalue()), err=True, nl=False)
        sys.exit(2)
    except PodiumError as error:
        logging.getLogger("podium").debug("%s", error, exc_info=True)
        tell(f"podium: {scrubbed(str(error))}")
        sys.exit(error.exit_code)
    except KeyboardInterrupt:
        sys.exit(130)
    except OSError as error:
        sys.exit(_refused(error))


def _refused(error: OSError) -> int:
    """Say what the system refused that nobody had a sentence for; return the exit code."""
    if isinstance(error, BrokenPipeError):
        return 1
    if error.errno == errno.ENAMETOOLONG:
        tell(f"podium: {str(error.filename)[:60]}…: the name is too long")
        return 2
    if error.filename is None and error.errno in _OF_STDOUT:  # click prints its help by itself
        tell(f"podium: {unprintable(error)}")
    else:
        tell(f"podium: {error.filename or 'the system says'}: {reason(error)}")
    return 1
