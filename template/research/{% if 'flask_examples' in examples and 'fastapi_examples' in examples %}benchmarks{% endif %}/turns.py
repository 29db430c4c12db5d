"""One contender, measured with every case while it is up."""

import http.client
import json
import time
from collections.abc import Iterator
from dataclasses import dataclass

from .cases import Case
from .contenders import Contender
from .load import Job, Outcome
from .measurement import Measurement
from .plan import Plan
from .processes import BenchmarkError
from .servers import Generator, Server
from .summary import percentile

MILLI = 1000
MEGA = 1_000_000
# With fewer answers, one in a hundred is none.
ENOUGH_FOR_P99 = 100
# Until a server that was overloaded is asked to be as it was before.
SETTLING = 30
# How long it is asked, each time.
PROBE = 0.05
# How many connections warm up a server.
WARMING = 8


@dataclass(frozen=True)
class Turn:
    """A contender that is up, in one round."""

    plan: Plan
    round: int
    contender: Contender
    server: Server
    clients: Generator

    # region: turn
    def measure(self, case: Case) -> Iterator[Measurement]:
        """Yield what comes of every load of a case.

        Raises:
            BenchmarkError: the contender does not answer as all others do.
        """
        plan, length = self.plan, self._check(case)
        self._send(case, length, plan.warm_up, WARMING)
        for connections in plan.connections:
            yield self._load(case, length, plan.seconds, connections)
        yield self._load(case, length, plan.open_seconds, rate=case.rate)

    def _load(
        self,
        case: Case,
        length: int,
        seconds: float,
        connections: int = 1,
        rate: int = 0,
    ) -> Measurement:
        before = self.server.usage()
        outcome = self._send(case, length, seconds, connections, rate)
        if outcome.errors:
            # What nobody waits for any more is still in the queues.
            self._settle(case, length)
        after = self.server.usage()
        seen = sorted(outcome.latencies)
        has_p99 = len(seen) >= ENOUGH_FOR_P99
        cpu = (after.cpu - before.cpu) * MILLI
        return Measurement(
            round=self.round,
            case=case.name,
            contender=self.contender.name,
            load="open" if rate else "closed",
            level=rate or connections,
            answers=len(seen),
            errors=sum(outcome.errors.values()),
            per_second=round(outcome.in_time / seconds, 1),
            p50_ms=round(percentile(seen, 50) * MILLI, 2) if seen else None,
            p99_ms=round(percentile(seen, 99) * MILLI, 2) if has_p99 else None,
            cpu_ms=round(cpu / len(seen), 3) if seen else None,
            memory_mb=round(after.memory / MEGA, 1),
            client_busy=round(outcome.busy, 2),
        )

    # endregion

    def _send(
        self,
        case: Case,
        length: int,
        seconds: float,
        connections: int = 1,
        rate: int = 0,
    ) -> Outcome:
        return self.clients.run(
            Job(
                port=self.server.port,
                request=case.request(),
                length=length,
                seconds=seconds,
                timeout=self.plan.timeout,
                connections=connections,
                rate=rate,
            )
        )

    def _settle(self, case: Case, length: int) -> None:
        end = time.monotonic() + SETTLING
        while self._send(case, length, PROBE).errors:
            if time.monotonic() > end:
                name = f"{self.contender.title} ({case.title})"
                raise BenchmarkError(f"{name} does not recover from its load")

    def _check(self, case: Case) -> int:
        """Return how long the answer is, which must be the one of all."""
        wanted = json.dumps(case.answer, separators=(",", ":"))
        status, body = self._ask(case)
        # Flask ends JSON with a newline.
        if status == 200 and body.rstrip(b"\n") == wanted.encode():
            return len(body)
        raise BenchmarkError(
            f"{self.contender.title} answers {case.path} with {status} and "
            f"{body[:200]!r}, not with {wanted[:200]}"
        )

    def _ask(self, case: Case) -> tuple[int, bytes]:
        method = "GET" if case.body is None else "POST"
        body = None if case.body is None else json.dumps(case.body)
        headers = {"Content-Type": "application/json"}
        timeout = self.plan.timeout
        connection = http.client.HTTPConnection(
            "127.0.0.1", self.server.port, timeout=timeout
        )
        try:
            connection.request(method, case.path, body, headers)
            response = connection.getresponse()
            return response.status, response.read()
        except OSError as error:
            name = self.contender.title
            message = f"{name} does not answer {case.path}: {error}"
            raise BenchmarkError(message) from error
        finally:
            connection.close()
