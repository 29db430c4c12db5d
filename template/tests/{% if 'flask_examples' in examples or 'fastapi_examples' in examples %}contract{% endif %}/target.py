"""How the contract reaches an application, whichever it is."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass

import httpx2

Settings = Mapping[str, object]
NewClient = Callable[[], httpx2.Client]


# region: target
@dataclass(frozen=True)
class Target:
    """An application, and a way to talk to it."""

    name: str
    # Starts the application with these settings, and gives new clients for it.
    start: Callable[[Settings], AbstractContextManager[NewClient]]
    # Runs a command of the application's and returns what it prints.
    command: Callable[[Settings, list[str]], str]
    # Whether it runs in a process of its own, which tests cannot look into.
    is_apart: bool = False

    def __str__(self) -> str:
        return self.name


# endregion


class Failed(Exception):
    """A command ended with an error; the text is what it printed."""


def client(
    base_url: str = "http://127.0.0.1", transport: httpx2.BaseTransport | None = None
) -> httpx2.Client:
    """Return a client that hides nothing: no redirects, no proxies, no certificates."""
    return httpx2.Client(
        base_url=base_url,
        transport=transport,
        follow_redirects=False,
        trust_env=False,
        verify=False,
        timeout=30,
    )


@contextmanager
def clients(new: NewClient) -> Iterator[NewClient]:
    """Give new clients, and close them all at the end."""
    made: list[httpx2.Client] = []

    def make() -> httpx2.Client:
        made.append(new())
        return made[-1]

    try:
        yield make
    finally:
        for one in made:
            one.close()
