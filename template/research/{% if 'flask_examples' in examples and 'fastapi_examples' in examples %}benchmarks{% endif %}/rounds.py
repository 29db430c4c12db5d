"""All contenders in turn, again and again: what is slow then is slow for all.

No machine is as quiet as it seems. Whatever comes over it for a minute must
not fall on one contender alone, so nobody is measured for long at a time:
each round takes every contender once, in an order of its own, and compared
are the medians over the rounds.
"""

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import psutil

from .cases import Case
from .contenders import Contender
from .measurement import Measurement
from .plan import Plan
from .servers import Surroundings, generator, serving
from .turns import Turn


@dataclass(frozen=True)
class Round:
    """All that one round measured.

    Attributes:
        busy: the share of all cores that others used before it.
        measurements: what came of it.
    """

    busy: float
    measurements: tuple[Measurement, ...]


# region: rounds
def rounds(
    plan: Plan,
    cases: Sequence[Case],
    contenders: Sequence[Contender],
    around: Surroundings,
    tell: Callable[[str], None],
) -> Iterator[Round]:
    """Yield the rounds of a run, every contender once in each.

    Raises:
        BenchmarkError: a contender does not start, or answers wrongly.
    """
    order = list(contenders)
    draw = random.Random(plan.seed)
    with generator(around) as clients:
        for number in range(1, plan.rounds + 1):
            busy = psutil.cpu_percent(0.5) / 100
            found: list[Measurement] = []
            draw.shuffle(order)
            for contender in order:
                tell(f"Round {number} of {plan.rounds}: {contender.title}")
                with serving(contender, around) as server:
                    turn = Turn(plan, number, contender, server, clients)
                    for case in cases:
                        if contender.answers(case):
                            found += turn.measure(case)
            yield Round(busy, tuple(found))


# endregion
