"""The one grammar of our pictures: a plot of layers, drawn as SVG or PNG without a browser."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

Place = date | float

#: A chart of the library that draws, or a channel of one; its own types say no more than this.
Drawing = Any

#: Longer names are cut; a legend has no more room.
_NAMED = 32
_SIZE = 440, 150


class Role(StrEnum):
    """What a layer is about; each has one colour in every picture, told apart by people who see few colours."""

    CAME = "#d55e00"
    WENT = "#009e73"
    OPEN = "#0072b2"
    EXPECTED = "#666666"
    ALARM = "#b3003b"
    LIMIT = "#1a1a1a"
    GRAVEST = "#7f0030"
    GRAVE = "#d1495b"
    MIDDLE = "#edae49"
    MINOR = "#c9c9c9"
    UNKNOWN = "#8d99ae"


@dataclass(frozen=True, slots=True)
class Line:
    """A line through points; ``None`` is a gap. A step keeps its height until the next point."""

    name: str
    x: Sequence[Place]
    y: Sequence[float | None]
    role: Role
    step: bool = False
    dashed: bool = False


@dataclass(frozen=True, slots=True)
class Bars:
    """A bar at each place, from 0."""

    name: str
    x: Sequence[Place]
    y: Sequence[float]
    role: Role


@dataclass(frozen=True, slots=True)
class Stack:
    """Areas one upon the other: several layers of one kind, by name and role, the lowest first."""

    x: Sequence[Place]
    rows: Sequence[tuple[str, Role, Sequence[float]]]


@dataclass(frozen=True, slots=True)
class Band:
    """The room between two lines: what is not known for certain."""

    name: str
    x: Sequence[Place]
    low: Sequence[float]
    high: Sequence[float]
    role: Role
    step: bool = False


@dataclass(frozen=True, slots=True)
class Dots:
    """Points that stand out."""

    name: str
    x: Sequence[Place]
    y: Sequence[float]
    role: Role


@dataclass(frozen=True, slots=True)
class Limit:
    """A line across the picture at one height, or down it at one place."""

    name: str
    at: Place
    role: Role
    upright: bool = False


Layer = Line | Bars | Stack | Band | Dots | Limit


@dataclass(frozen=True, slots=True)
class Plot:
    """One picture: ``name`` is good for a file, ``text`` says what it shows for those who do not see it.

    ``across`` and ``up`` name the axes; ``percent`` has shares written as percentages. ``top`` fixes the upper end.
    """

    name: str
    title: str
    text: str
    layers: tuple[Layer, ...]
    across: str = ""
    up: str = ""
    percent: bool = False
    top: float | None = None

    def svg(self) -> str:
        """Draw it as SVG; what comes from a tracker is text in it and nothing else."""
        import vl_convert

        return str(vl_convert.vegalite_to_svg(self._spec()))

    def png(self, scale: float = 2.0) -> bytes:
        """Draw it as PNG, ``scale`` pixels a point."""
        import vl_convert

        return bytes(vl_convert.vegalite_to_png(self._spec(), scale=scale))

    def _spec(self) -> dict[str, Any]:
        import altair

        keys = list(_keys(self.layers))
        colours = altair.Color("name:N", sort=None, title=None).scale(
            domain=[name for name, _ in keys], range=[role.value for _, role in keys]
        )
        drawn = [chart for layer in self.layers for chart in _drawn(layer, _Axes(self, colours))]
        chart = altair.layer(*drawn).properties(width=_SIZE[0], height=_SIZE[1], title=self.title)
        lines_only = all(isinstance(layer, Line | Limit) for layer in self.layers)
        return dict(_styled(chart, lines_only=lines_only).to_dict())


def _keys(layers: Sequence[Layer]) -> Iterator[tuple[str, Role]]:
    """Name what the legend shows, each name once."""
    seen: dict[str, Role] = {}
    for layer in layers:
        rows = (
            [(name, role) for name, role, _ in layer.rows] if isinstance(layer, Stack) else [(layer.name, layer.role)]
        )
        for name, role in rows:
            seen.setdefault(_short(name), role)
    yield from seen.items()


def _short(name: str) -> str:
    return name if len(name) <= _NAMED else name[: _NAMED - 1] + "…"


def _styled(chart: Drawing, *, lines_only: bool) -> Drawing:
    return (
        chart.configure(font="sans-serif", background="white")
        .configure_view(stroke=None)
        .configure_title(anchor="start", fontSize=14, offset=8)
        .configure_axis(grid=True, gridColor="#ececec", domainColor="#888888", tickColor="#888888", labelFontSize=11)
        .configure_axisX(grid=False)
        .configure_legend(
            orient="top",
            title=None,
            labelFontSize=11,
            symbolType="stroke" if lines_only else "square",
            symbolOpacity=1,
            symbolStrokeWidth=3 if lines_only else 1,
            labelLimit=200,
            padding=0,
        )
    )


@dataclass(frozen=True, slots=True)
class _Axes:
    """The axes and colours that all layers of a plot share."""

    plot: Plot
    colours: Drawing

    def x(self) -> Drawing:
        import altair

        if isinstance(_first_place(self.plot.layers), date):
            axis = altair.Axis(format="%-d %b", tickCount=7, labelFlush=True, labelOverlap=True)
            return altair.X("x:T", title=self.plot.across or None, scale=altair.Scale(type="utc", padding=6), axis=axis)
        return altair.X("x:Q", title=self.plot.across or None, scale=altair.Scale(nice=False))

    def y(self, field: str = "y") -> Drawing:
        import altair

        # Layers that share an axis are given half steps in spite of the smallest one; those bear no label.
        whole = altair.Axis(format=",d", tickMinStep=1, labelExpr="datum.value % 1 ? '' : datum.label")
        axis = altair.Axis(format="%") if self.plot.percent else whole
        scale = altair.Scale() if self.plot.top is None else altair.Scale(domainMax=self.plot.top)
        return altair.Y(f"{field}:Q", title=self.plot.up or None, axis=axis, scale=scale)


def _first_place(layers: Sequence[Layer]) -> Place:
    return next(layer.x[0] for layer in layers if not isinstance(layer, Limit) and layer.x)


def _drawn(layer: Layer, axes: _Axes) -> Iterator[Drawing]:
    match layer:
        case Line():
            yield _line(layer, axes)
        case Bars():
            yield _bars(layer, axes)
        case Stack():
            yield _stack(layer, axes)
        case Band():
            yield _band(layer, axes)
        case Dots():
            rows = _rows(layer.name, layer.x, y=layer.y)
            yield _chart(rows).mark_point(filled=True, size=70).encode(axes.x(), axes.y(), axes.colours)
        case Limit():
            yield _limit(layer, axes)


def _line(layer: Line, axes: _Axes) -> Drawing:
    mark: dict[str, Any] = {"strokeWidth": 2, "interpolate": "step-after" if layer.step else "linear"}
    if layer.dashed:
        mark["strokeDash"] = [5, 3]
    return _chart(_rows(layer.name, layer.x, y=layer.y)).mark_line(**mark).encode(axes.x(), axes.y(), axes.colours)


def _bars(layer: Bars, axes: _Axes) -> Drawing:
    width = max(1.5, min(14.0, 0.75 * _SIZE[0] / max(1, len(layer.x))))
    return (
        _chart(_rows(layer.name, layer.x, y=layer.y))
        .mark_bar(width=width, opacity=0.85)
        .encode(axes.x(), axes.y(), axes.colours)
    )


def _stack(layer: Stack, axes: _Axes) -> Drawing:
    import altair

    rows = [
        row | {"order": place}
        for place, (name, _, values) in enumerate(layer.rows)
        for row in _rows(name, layer.x, y=values)
    ]
    mark = _chart(rows).mark_area(opacity=0.9, interpolate="step-after")
    return mark.encode(axes.x(), axes.y(), axes.colours, order=altair.Order("order:Q"))


def _band(layer: Band, axes: _Axes) -> Drawing:
    import altair

    rows = _rows(layer.name, layer.x, y=layer.low, y2=layer.high)
    mark = _chart(rows).mark_area(opacity=0.22, interpolate="step-after" if layer.step else "linear")
    return mark.encode(axes.x(), axes.y(), axes.colours, y2=altair.Y2("y2:Q"))


def _limit(layer: Limit, axes: _Axes) -> Drawing:
    place = "x" if layer.upright else "y"
    mark = _chart([{"name": _short(layer.name), place: _told(layer.at)}]).mark_rule(strokeWidth=1.5, strokeDash=[6, 4])
    return mark.encode(axes.x() if layer.upright else axes.y(), axes.colours)


def _chart(rows: Sequence[dict[str, Any]]) -> Drawing:
    import altair

    return altair.Chart(altair.InlineData(values=list(rows)))


def _rows(name: str, x: Sequence[Place], **values: Sequence[float | None]) -> list[dict[str, Any]]:
    columns = zip(x, *values.values(), strict=True)
    return [{"name": _short(name), "x": _told(at), **dict(zip(values, row, strict=True))} for at, *row in columns]


def _told(place: Place) -> str | float:
    return place.isoformat() if isinstance(place, date) else place
