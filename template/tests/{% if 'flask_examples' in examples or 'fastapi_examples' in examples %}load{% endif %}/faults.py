"""What goes wrong while the customers order."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field

import anyio.to_thread

from tests.contract.postgres import Server
from tests.contract.shipping import Service

from .customers import Tally

# When they begin, as parts of the whole; what is left is for the recovery.
CRASH, HANG = 0.25, 0.6
# So many requests must have failed of it before it is over.
FELT = 20


@dataclass
class Faults:
    """The database dies and comes back, then the shipping service hangs.

    Attributes:
        database: the server that dies.
        shipping: the service that hangs.
        tally: what tells whether the customers feel it.
        progress: how much of the whole is over, from 0 to 1.
        recovery: the seconds from the start of the database to the next order; from the end of
            the hanging likewise.
    """

    database: Server
    shipping: Service
    tally: Tally
    progress: Callable[[], float]
    recovery: list[float] = field(default_factory=list)

    async def happen(self) -> None:
        """Let both happen, one after the other."""
        await self._reached(CRASH)
        await anyio.to_thread.run_sync(self.database.crash)
        await self._felt("failed")
        await anyio.to_thread.run_sync(self.database.start)
        await self._recovered()
        await self._reached(HANG)
        self.shipping.hanging.set()
        await self._felt("too slow")
        self.shipping.hanging.clear()
        await self._recovered()

    async def _reached(self, part: float) -> None:
        await self.tally.until(lambda: self.progress() >= part)

    async def _felt(self, what: str) -> None:
        enough = self.tally.counts[what] + FELT
        await self.tally.until(lambda: self.tally.counts[what] >= enough)

    async def _recovered(self) -> None:
        before, begin = self.tally.counts["placed"], time.monotonic()
        await self.tally.until(lambda: self.tally.counts["placed"] > before)
        self.recovery.append(time.monotonic() - begin)
