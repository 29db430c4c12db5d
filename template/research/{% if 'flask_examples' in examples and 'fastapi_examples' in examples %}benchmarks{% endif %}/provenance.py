"""What a page says of how its numbers came about."""

from collections.abc import Iterator, Mapping
from typing import Any

from .results import Run

# The share of its time that the load process may compute.
BUSY_CLIENT = 0.8


def warnings(run: Run) -> Iterator[str]:
    """Yield what makes the numbers doubtful."""
    shares = run.manifest["busy_before_rounds"]
    if not run.manifest["is_quiet"]:
        share = f"{100 * max(shares):.0f} %"
        yield (
            "> [!WARNING]\n"
            f"> The machine was busy: others used up to {share} of its cores "
            "before a round.\n"
            "> Differences are less certain than they seem; measure again."
        )
    busiest = max(one.client_busy for one in run.measurements)
    if busiest > BUSY_CLIENT:
        yield (
            "> [!WARNING]\n"
            "> The process that sends requests was computing for up to "
            f"{100 * busiest:.0f} % of its time.\n"
            "> The quickest servers may be quicker than it could find out."
        )


def machine(manifest: Mapping[str, Any]) -> Iterator[str]:
    """Yield on what a run was made, and how."""
    computer, terms = manifest["machine"], manifest["terms"]
    plan, packages = manifest["plan"], manifest["packages"]
    loads = ", ".join(map(str, computer["load_before"]))
    busy = ", ".join(
        f"{100 * share:.0f} %" for share in manifest["busy_before_rounds"]
    )
    yield f"made {manifest['made']}, in {manifest['seconds']} s"
    yield (
        f"{computer['cpu']}, {computer['cores']} cores, "
        f"{computer['memory_gb']} GB; "
        f"{computer['system']} {computer['kernel']}"
    )
    yield f"load before: {loads}; used by others before each round: {busy}"
    yield _pinning(terms)
    yield (
        f"{plan['rounds']} rounds of {plan['seconds']} s in a closed and "
        f"{plan['open_seconds']} s in an open loop; "
        f"a request fails after {plan['timeout']} s"
    )
    yield (
        f"pools of {terms['pool']} connections a process; "
        f"memory as {terms['memory']}"
    )
    versions = {**packages, **manifest["databases"]}
    yield f"{manifest['python']}; " + ", ".join(
        f"{name} {version}" for name, version in versions.items()
    )


def _pinning(terms: Mapping[str, Any]) -> str:
    workers = f"{terms['workers']} worker processes for each server"
    if not terms["server_cores"]:
        return f"{workers}, bound to no cores"
    own = ", ".join(map(str, terms["server_cores"]))
    others = ", ".join(map(str, terms["other_cores"]))
    return f"{workers}, on cores {own}; load and upstream on cores {others}"
