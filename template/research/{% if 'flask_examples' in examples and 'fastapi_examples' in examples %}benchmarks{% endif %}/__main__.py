"""Measure Flask and FastAPI on equal terms, on this machine.

Without options it takes two to three minutes and shows what it found; with
--full about half an hour, and what it found is stored with charts and a
page.
"""

import argparse
import math
import signal
import sys
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from . import drawings, manifest, report
from .cases import CASES, Case
from .contenders import CONTENDERS
from .plan import FULL, SHORT, Plan
from .processes import BenchmarkError, share_cores
from .results import FOLDER, Run, load, store
from .rounds import Round, rounds
from .servers import surroundings


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


# region: measure
def measure(
    plan: Plan,
    cases: Sequence[Case],
    names: Sequence[str],
    postgres: str | None = None,
) -> Run:
    """Measure the contenders of some names.

    Raises:
        BenchmarkError: a server or a database does not do its part, or
            there is nothing to measure.
    """
    cores, begin = share_cores(), time.monotonic()
    chosen = [one for one in CONTENDERS if one.name in names]
    pairs = sum(one.answers(case) for one in chosen for case in cases)
    if not pairs:
        raise BenchmarkError("none of these contenders answers these cases")
    minutes = math.ceil(plan.seconds_for(len(chosen), pairs) / 60)
    _say(f"This takes about {minutes} min; Ctrl-C stops it.")
    begun = manifest.before(plan, cores, postgres)
    with surroundings(cores, plan.workers, postgres) as around:
        done: list[Round] = list(rounds(plan, cases, chosen, around, _say))
    seconds = time.monotonic() - begin
    found = manifest.after(begun, seconds, [one.busy for one in done])
    return Run(found, tuple(row for one in done for row in one.measurements))


# endregion


def _numbers(text: str) -> tuple[int, ...]:
    parts = text.split(",")
    if all(part.isdecimal() and 1 <= int(part) <= 1000 for part in parts):
        return tuple(sorted({int(part) for part in parts}))
    message = f"{text!r} is no list such as 1,16,64 of numbers up to 1000"
    raise argparse.ArgumentTypeError(message)


def _count(text: str) -> int:
    if text.isdecimal() and 1 <= int(text) <= 100:
        return int(text)
    raise argparse.ArgumentTypeError(f"{text!r} is no number from 1 to 100")


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0
    if 0 < seconds <= 60:
        return seconds
    message = f"{text!r} is no number of seconds above 0 and up to 60"
    raise argparse.ArgumentTypeError(message)


def _postgres(text: str) -> str:
    if text.startswith(("postgresql://", "postgres://")):
        return text
    message = f"{text!r} does not begin with postgresql://"
    raise argparse.ArgumentTypeError(message)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m research.benchmarks", description=__doc__
    )
    add = parser.add_argument
    add("--full", action="store_true", help="measure for long, and store it")
    add(
        "--report",
        action="store_true",
        help="measure nothing; write text and charts of the stored run anew",
    )
    add("--postgres", type=_postgres, metavar="URL", help="measure it as well")
    add(
        "--results",
        type=Path,
        metavar="DIR",
        help=f"where to store the run (with --full: {FOLDER.name}/ below "
        f"{FOLDER.parent.name}/)",
    )
    add("--case", action="append", choices=[one.name for one in CASES])
    add(
        "--contender",
        action="append",
        choices=[one.name for one in CONTENDERS],
        help="only these; may be given several times, like --case",
    )
    add("--rounds", type=_count, metavar="N", help="how many rounds")
    add("--seconds", type=_seconds, metavar="S", help="of every load")
    add("--connections", type=_numbers, metavar="N,…", help="of closed loops")
    return parser


def _plan(arguments: argparse.Namespace) -> Plan:
    plan = FULL if arguments.full else SHORT
    if arguments.rounds:
        plan = replace(plan, rounds=arguments.rounds)
    if arguments.seconds:
        seconds = arguments.seconds
        plan = replace(plan, seconds=seconds, open_seconds=seconds)
    if arguments.connections:
        plan = replace(plan, connections=arguments.connections)
    return plan


def _cases(arguments: argparse.Namespace) -> list[Case]:
    chosen = arguments.case or [case.name for case in CASES]
    if "postgres" in (arguments.case or ()) and not arguments.postgres:
        raise BenchmarkError("the case postgres needs --postgres URL")
    has = {None, "sqlite", *(["postgres"] if arguments.postgres else [])}
    return [one for one in CASES if one.name in chosen and one.database in has]


def _run(arguments: argparse.Namespace) -> None:
    folder = (arguments.results or FOLDER).resolve()
    if arguments.report:
        run = load(folder)
    elif sys.platform == "win32":
        raise BenchmarkError("Gunicorn and uvloop do not run on Windows")
    else:
        everyone = [one.name for one in CONTENDERS]
        names = arguments.contender or everyone
        plan, cases = _plan(arguments), _cases(arguments)
        run = measure(plan, cases, names, arguments.postgres)
        print(report.shown(run))
    if arguments.report or arguments.full or arguments.results:
        pictures = drawings.pictures(folder)
        store(report.files(run, pictures), folder)
        _say(f"Stored in {folder}")
        if pictures:
            drawings.draw()


def main(argv: list[str] | None = None) -> int:
    """Return 0, 1 when something cannot be measured, 130 on Ctrl-C."""
    arguments = _parser().parse_args(argv)
    # Otherwise being told to stop would leave servers behind.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        _run(arguments)
    except BenchmarkError as error:
        print(f"{error}.", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        _say("Stopped; nothing was stored.")
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
