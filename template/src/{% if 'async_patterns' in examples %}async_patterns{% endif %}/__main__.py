"""Show each pattern at work on a service that runs in this process."""

import sys
from functools import partial

import anyio

from .patterns import first_answer, map_limited, within
from .service import Service, ServiceError, ask, serving

if sys.version_info < (3, 11):
    from exceptiongroup import ExceptionGroup

WORDS = ["one", "two", "three", "four", "five", "six", "seven", "eight"]


# region: limit
async def limit(service: Service) -> str:
    """Ask for eight digests, three at a time."""

    async def ask_for_digest(word: str) -> str:
        return await ask(service.port, f"digest {word}")

    answers = await map_limited(ask_for_digest, WORDS, limit=3)
    if [answer.split()[0] for answer in answers] != WORDS:
        raise RuntimeError(f"the answers are not in order: {answers}")
    return (
        f"{len(answers)} answers in the order of the questions, computed "
        f"at most {service.peak} at once"
    )


# endregion


# region: deadline
async def deadline(service: Service) -> str:
    """Wait a tenth of a second for a service that stays silent."""
    call = partial(ask, service.port, "silence")
    answer = await within(0.1, call, default=None)
    return f"after 0.1 seconds the answer was {answer}"


# endregion


# region: race
async def race(service: Service) -> str:
    """Ask three mirrors, of which only the last one answers."""
    requests = ["silence", "silence", "digest race"]
    calls = [partial(ask, service.port, request) for request in requests]
    answer = await first_answer(*calls)
    return f"{answer} came first, the other two calls were cancelled"


# endregion


# region: failure
async def failure(service: Service) -> str:
    """Ask for three answers that are only of use together."""
    requests = ["silence", "nonsense", "silence"]
    call = partial(ask, service.port)
    try:
        await map_limited(call, requests, limit=3)
    except ExceptionGroup as group:
        (error,) = group.exceptions
        if not isinstance(error, ServiceError):
            raise
        return f"one call failed ({error}), the other two were cancelled"
    raise RuntimeError("no call failed")


# endregion


async def main() -> None:
    """Run the four patterns and print what each of them did."""
    async with serving() as service:
        for pattern in (limit, deadline, race, failure):
            print(f"{pattern.__name__:9}{await pattern(service)}")
    print(
        f"{'service':9}{service.answered} requests answered, "
        f"{service.broken_off} broken off by their callers, "
        f"{service.connected} still open"
    )


if __name__ == "__main__":
    anyio.run(main)
