"""The stored run of the benchmarks, for the charts that show it."""

from __future__ import annotations

from tools.build_scripts import charts

SUMMARY = "research/benchmarks/results/full/summary.csv"
CASES = {
    "json": "JSON",
    "post": "Validated\nPOST",
    "cpu": "CPU",
    "sqlite": "SQLite",
    "postgres": "PostgreSQL",
    "upstream": "50 ms\nupstream",
}
SETUPS = {
    "flask-sync": "Flask, sync",
    "flask-gthread-tuned": "Flask, 40 threads",
    "fastapi-async": "FastAPI, async def",
    "fastapi-blocking": "FastAPI, blocking",
}
TUNED, OURS = "flask-gthread-tuned", "fastapi-async"


def closed(case: str, setup: str) -> list[charts.Row]:
    """Return what a set-up did in a case with ever more connections."""
    rows = [
        row
        for row in charts.read(SUMMARY)
        if (row["case"], row["contender"], row["load"]) == (case, setup, "closed")
    ]
    return sorted(rows, key=lambda row: int(row["level"]))


def compared(measure: str) -> list[charts.Row]:
    """Return a measure of the tuned Flask and of FastAPI, with the most connections, by case."""
    found = []
    for case, title in CASES.items():
        flask, fastapi = closed(case, TUNED), closed(case, OURS)
        if flask and fastapi:
            values = {SETUPS[TUNED]: flask[-1][measure], SETUPS[OURS]: fastapi[-1][measure]}
            found.append({"Case": title.replace("\n", " "), **values})
    return found


def wrapped(rows: list[charts.Row]) -> list[str]:
    """Return the titles of cases, broken so that they stand side by side."""
    lines = {title.replace("\n", " "): title for title in CASES.values()}
    return [lines[str(row["Case"])] for row in rows]
