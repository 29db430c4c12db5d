"""Check the book: `python tools/validation/validate_book.py`."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

if not __package__:  # run as a script, from whatever directory
    sys.path[0] = str(Path(__file__).resolve().parents[2])
    import tools.build_scripts  # noqa: F401  (says what is not installed, before click does)

import click

from tools.build_scripts.book import Problem
from tools.build_scripts.cli import book_option, told
from tools.validation import context, findings, registry
from tools.validation.reports import FORMATS
from tools.validation.rules import RULES


def validate(root: Path, rules: Sequence[str]) -> list[Problem]:
    """Return what breaks some rules of the book, in reading order.

    Args:
        root: the book's directory.
        rules: the ids of the rules.

    Raises:
        BuildError: there is no book to check, or a check cannot run.
    """
    return registry.find(context.read(root), rules)


def list_rules(_: click.Context, __: click.Parameter, is_asked: bool) -> None:
    """Print all rules and end."""
    if not is_asked:
        return
    width = max(len(rule.id) for rule in RULES)
    for rule in RULES:
        fixable = " (--fix)" if rule.is_fixable else ""
        click.echo(f"{rule.id:<{width}}  {rule.severity:<7}  {rule.asks}{fixable}")
    sys.exit()


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--only",
    type=click.Choice([rule.id for rule in RULES]),
    multiple=True,
    metavar="RULE",
    help="Look at one rule; may be repeated.  [default: all]",
)
@click.option(
    "--format",
    "form",
    type=click.Choice(tuple(FORMATS)),
    default="text",
    help="How to tell what was found.  [default: text]",
)
@click.option("--fix", is_flag=True, help="Mend what can be mended, and tell the rest.")
@click.option("--external-links", is_flag=True, help="Ask other hosts for what is linked to.")
@click.option("--remarks", is_flag=True, help="Tell the remarks too, not only how many there are.")
@click.option(
    "--rules",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=list_rules,
    help="List the rules and end.",
)
@book_option
def main(
    only: tuple[str, ...], form: str, fix: bool, external_links: bool, remarks: bool, root: Path
) -> None:
    """Check the book and tell every problem with its file, line and column.

    Remarks are advice and change nothing. Exit code 0: no problem. 1: problems. 2: the checks
    could not run.
    """
    rules = only or tuple(rule.id for rule in RULES if rule.id not in registry.ON_REQUEST)
    if external_links:
        rules = (*rules, *registry.ON_REQUEST)
    with told(code=2):
        found = validate(root, rules)
        if fix:
            fixed = findings.fix(root, found)
            click.echo(f"Mended {_counted(fixed, 'problem')}.", err=True)
            found = validate(root, rules) if fixed else found
    advice = [problem for problem in found if findings.severity(problem) == "remark"]
    problems = [problem for problem in found if problem not in advice]
    # Whoever asks for rules by name wants to see what breaks them.
    told_all = found if remarks or only else problems
    if told_all or form in ("json", "sarif"):
        click.echo(FORMATS[form](told_all))
    if len(told_all) < len(found):
        click.echo(f"{_counted(advice, 'remark')}; --remarks tells them.", err=True)
    if problems:
        click.echo(f"{_counted(problems, 'problem')}.", err=True)
        sys.exit(1)
    click.echo("No problems.", err=True)


def _counted(found: Sequence[Problem], what: str) -> str:
    return f"{len(found)} {what}{'' if len(found) == 1 else 's'}"


if __name__ == "__main__":
    main()
