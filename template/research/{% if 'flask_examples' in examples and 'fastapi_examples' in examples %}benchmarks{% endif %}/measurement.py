"""What one load on one server came to: a row of the data."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Measurement:
    """What came of one load on one contender in one round.

    Attributes:
        round: the first is 1.
        case, contender: their names.
        load: closed or open.
        level: connections of a closed loop, requests a second of an open one.
        answers: how many requests were answered.
        errors: how many were not, or not as they should be.
        per_second: how many were answered in a second.
        p50_ms, p99_ms: milliseconds within which half, and 99 of 100, were
            answered; None where too few were to say so.
        cpu_ms: milliseconds of CPU time that all processes of the server
            took for each answer; None where there was none.
        memory_mb: millions of bytes that all these processes have.
        client_busy: the share of its time that the load process computed.
    """

    round: int
    case: str
    contender: str
    load: str
    level: int
    answers: int
    errors: int
    per_second: float
    p50_ms: float | None
    p99_ms: float | None
    cpu_ms: float | None
    memory_mb: float
    client_busy: float
