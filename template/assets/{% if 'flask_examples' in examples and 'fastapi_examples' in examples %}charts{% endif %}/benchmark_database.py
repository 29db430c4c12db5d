"""Requests a second that read a database: Flask, FastAPI in threads, and FastAPI awaiting."""

from assets.charts._benchmarks import CASES, closed
from tools.build_scripts import charts

DATABASES = ("sqlite", "postgres")
SETUPS = {
    "flask-gthread-tuned": "Flask, 40 threads",
    "fastapi-def": "FastAPI, def",
    "fastapi-async": "FastAPI, async def",
}


def draw() -> charts.Chart:
    """Draw three bars for each database."""
    rows: list[charts.Row] = []
    for case in DATABASES:
        measured = {setup: closed(case, setup) for setup in SETUPS}
        # A run on a machine without PostgreSQL has no such case.
        if all(measured.values()):
            values = {SETUPS[setup]: found[-1]["per_second"] for setup, found in measured.items()}
            rows.append({"Database": CASES[case], **values})
    figure, axes = charts.new_axes("", "Requests a second")
    places = range(len(rows))
    for number, name in enumerate(SETUPS.values()):
        axes.bar(
            [place + 0.28 * number for place in places],
            [float(row[name]) for row in rows],
            width=0.25,
            label=name,
            **charts.fill(number),
        )
    axes.set_xticks([place + 0.28 for place in places], [str(row["Database"]) for row in rows])
    charts.label_bars(axes, "{:.0f}")
    # Room for the legend above the highest bar.
    highest = max(float(row[name]) for row in rows for name in SETUPS.values())
    axes.set_ylim(0, 1.25 * highest)
    axes.legend(loc="upper right", ncols=3)
    told = "; ".join(
        f"{row['Database']}: " + ", ".join(f"{name} {row[name]:.0f}" for name in SETUPS.values())
        for row in rows
    )
    return charts.Chart(
        figure,
        title="Requests a second that read a database",
        description=f"With the most connections. {told}.",
        rows=rows,
    )
