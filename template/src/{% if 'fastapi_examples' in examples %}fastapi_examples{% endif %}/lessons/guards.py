"""List whom each address of the shop lets in, as the code has it.

A guard is a dependency, and what a route depends on can be read from it.
"""

from collections.abc import Iterator
from typing import Any, get_args

from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute

from src.fastapi_examples.accounts import Admin, CurrentUser, Customer, Reader
from src.fastapi_examples.app import ROUTERS


# region: guards
def guard_of(alias: Any) -> object:
    """Return the function behind `Annotated[User, Depends(function)]`."""
    return get_args(alias)[1].dependency


# The strictest first: who asks for an admin asks for a customer as well.
GUARDS = {
    guard_of(Admin): "admins",
    guard_of(Customer): "customers",
    guard_of(Reader): "customers, by a page",
    guard_of(CurrentUser): "anybody, and knows whom",
}


def depended_on(dependant: Dependant) -> Iterator[object]:
    """Yield all functions that a route depends on, however far down."""
    for part in dependant.dependencies:
        yield part.call
        yield from depended_on(part)


def let_in(route: APIRoute) -> str:
    """Return whom a route lets in."""
    calls = set(depended_on(route.dependant))
    asked = (name for guard, name in GUARDS.items() if guard in calls)
    return next(asked, "anybody")


# endregion


def main() -> None:
    """Print every route with whom it lets in."""
    for router in ROUTERS:
        for route in router.routes:
            if isinstance(route, APIRoute):
                methods = " ".join(sorted(route.methods or ()))
                print(f"{methods:7}{route.path:33}{let_in(route)}")


if __name__ == "__main__":
    main()
