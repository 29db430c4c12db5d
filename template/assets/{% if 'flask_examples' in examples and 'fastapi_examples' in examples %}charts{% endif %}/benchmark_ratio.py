"""How many requests FastAPI answers while a tuned Flask answers one."""

from assets.charts._benchmarks import OURS, SETUPS, TUNED, compared
from tools.build_scripts import charts


def draw() -> charts.Chart:
    """Draw a bar for each case: to the right where FastAPI wins, to the left where it loses."""
    figure, axes = charts.new_axes(
        "", "FastAPI's requests a second, as a multiple of Flask's", height=300
    )
    found = compared("per_second")
    rows = [
        {**row, "Multiple": round(float(row[SETUPS[OURS]]) / float(row[SETUPS[TUNED]]), 2)}
        for row in found
    ]
    for place, row in enumerate(rows):
        multiple = float(row["Multiple"])
        bar = axes.barh(place, multiple - 1, left=1, height=0.6, **charts.fill(int(multiple < 1)))
        axes.bar_label(bar, [f"{multiple:.2f}"], padding=4)
    axes.axvline(1, color=charts.MUTED, linewidth=1)
    axes.set_yticks(range(len(rows)), [str(row["Case"]) for row in rows])
    axes.invert_yaxis()
    axes.margins(x=0.15)
    axes.grid(visible=False)
    axes.xaxis.set_visible(False)
    axes.spines["bottom"].set_visible(False)
    told = ", ".join(f"{row['Case']} {row['Multiple']}" for row in rows)
    return charts.Chart(
        figure,
        title="FastAPI with async def beside Flask with 40 threads",
        description=f"Multiples of Flask's requests a second, below 1 where FastAPI loses: {told}.",
        rows=rows,
    )
