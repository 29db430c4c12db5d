"""Patterns for programs that wait for many things at once.

Each module is one pattern and a program of its own: it says what it
teaches, `python -m src.async_patterns.cancellation` shows it at work, and
what that prints is stored beside it. `python -m src.async_patterns` is a
guided tour of them all.

Tasks, deadlines, limits and threads come from anyio throughout. FastAPI
runs on it, it brings to Python 3.10 the task groups and timeouts that
asyncio has had since 3.11, and a cancelled scope stays cancelled instead of
raising once. It runs on asyncio's event loop, and what concerns that loop
(its clock, its debug mode, its signals) is asyncio's own. A group of errors
is the built-in `ExceptionGroup`, on 3.10 from the package exceptiongroup;
`except*` would be a syntax error there, so groups are taken apart by hand.

Where time is the subject, `clock` lets it jump: no pattern sleeps.
"""

# In the order in which they build on each other.
TOPICS = (
    "event_loop",
    "clock",
    "task_groups",
    "cancellation",
    "timeouts",
    "semaphores",
    "backpressure",
    "queues",
    "retries",
    "iterators",
    "context_managers",
    "context_variables",
    "threads",
    "processes",
    "from_sync",
    "streaming",
    "blocking",
    "debugging",
    "shutdown",
)
