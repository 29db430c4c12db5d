"""Requests that wait 50 ms: who waits for many at once, and who in turn."""

from assets.charts._benchmarks import SETUPS, closed
from tools.build_scripts import charts


def draw() -> charts.Chart:
    """Draw requests per second by connections."""
    figure, axes = charts.new_axes("Connections", "Requests per second")
    found = {title: closed("upstream", setup) for setup, title in SETUPS.items()}
    rows: dict[int, dict[str, object]] = {}
    for title, levels in found.items():
        connections = [int(row["level"]) for row in levels]
        answered = [float(row["per_second"]) for row in levels]
        axes.plot(connections, answered, label=title)
        for level, value in zip(connections, answered, strict=True):
            rows.setdefault(level, {"Connections": level})[title] = value
    axes.set_ylim(bottom=0)
    axes.set_xticks(sorted(rows))
    charts.label_lines(axes)
    highest = ", ".join(f"{levels[-1]['per_second']:.0f} with {t}" for t, levels in found.items())
    return charts.Chart(
        figure,
        title="Requests a second that wait 50 ms for another service",
        description=f"With {max(rows)} connections: {highest}.",
        rows=list(rows.values()),
    )
