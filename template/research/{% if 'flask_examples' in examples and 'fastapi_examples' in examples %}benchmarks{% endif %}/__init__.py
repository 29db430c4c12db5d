"""Flask and FastAPI measured on equal terms: `python -m research.benchmarks`.

One machine, the same number of worker processes on the same cores, the same
bytes asked and answered, the same database and the same waiting.

`cases.py` says what is asked, `contenders.py` who answers, `apps/` holds the
applications. `load.py` sends requests from a process of its own, `rounds.py`
takes all contenders in turn, `summary.py` makes medians of what they took,
and `report.py` writes the text. `results/` holds what was measured.
"""
