"""The CPU time of a request in each case."""

from assets.charts._benchmarks import OURS, SETUPS, TUNED, compared, wrapped
from tools.build_scripts import charts


def draw() -> charts.Chart:
    """Draw two bars for each case."""
    figure, axes = charts.new_axes("", "CPU time of a request (ms)")
    rows = compared("cpu_ms")
    places = range(len(rows))
    for number, name in enumerate((SETUPS[TUNED], SETUPS[OURS])):
        axes.bar(
            [place + 0.4 * number for place in places],
            [float(row[name]) for row in rows],
            width=0.36,
            label=name,
            **charts.fill(number),
        )
    axes.set_xticks([place + 0.2 for place in places], wrapped(rows))
    charts.label_bars(axes, "{:.2f}")
    # Room for the legend above the highest bar.
    axes.set_ylim(0, 1.2 * max(float(row[name]) for row in rows for name in row if name != "Case"))
    axes.legend(loc="upper right", ncols=2)
    told = ", ".join(
        f"{row['Case']} {row[SETUPS[TUNED]]:.2f} and {row[SETUPS[OURS]]:.2f} ms" for row in rows
    )
    return charts.Chart(
        figure,
        title="CPU time of a request",
        description=f"Of Flask with 40 threads and FastAPI with async def: {told}.",
        rows=rows,
    )
