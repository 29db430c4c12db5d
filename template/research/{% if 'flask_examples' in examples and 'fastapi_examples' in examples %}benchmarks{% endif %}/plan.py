"""How much is measured: a short run, and one to be kept."""

from dataclasses import dataclass

# Seconds that a server takes to start, and a case between its loads.
STARTING, BETWEEN = 2.0, 0.5


# region: plan
@dataclass(frozen=True)
class Plan:
    """How much is measured.

    Attributes:
        rounds: how often every contender has its turn.
        connections: of the closed loop, how many are at once in flight.
        seconds: how long each load of the closed loop lasts.
        open_seconds: how long each load of the open loop lasts.
        warm_up: how long requests are sent first that nobody counts.
        timeout: after how many seconds a request has failed.
        workers: how many processes each server has.
        seed: what the order of the contenders is drawn by.
    """

    rounds: int
    connections: tuple[int, ...]
    seconds: float
    open_seconds: float
    warm_up: float
    timeout: float = 5
    workers: int = 2
    seed: int = 1

    def seconds_for(self, contenders: int, pairs: int) -> float:
        """Return about how long it takes.

        Args:
            contenders: how many there are.
            pairs: how many cases they answer, all together.
        """
        loads = self.warm_up + self.open_seconds
        loads += self.seconds * len(self.connections)
        return self.rounds * (
            contenders * STARTING + pairs * (loads + BETWEEN)
        )


SHORT = Plan(3, (1, 32), seconds=0.2, open_seconds=0.3, warm_up=0.1)
FULL = Plan(5, (1, 4, 16, 64), seconds=1.2, open_seconds=2, warm_up=0.5)
# endregion
