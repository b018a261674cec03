"""Draws our own emblems: things that Noto Emoji lacks, in its manner, weight and box. Used by build.py."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from typing import Any, Final

from fontTools.pens.cu2quPen import Cu2QuPen
from fontTools.pens.reverseContourPen import ReverseContourPen
from fontTools.pens.ttGlyphPen import TTGlyphPen

from reelwright.media.base.skia_loader import load_skia

_PENS: Final = {
    "M": (1, "moveTo"),
    "L": (1, "lineTo"),
    "Q": (2, "qCurveTo"),
    "C": (3, "curveTo"),
    "Z": (0, "closePath"),
}
"""By command of an outline, its points and the method of a pen."""
_SPECK: Final = 300
"""Area of what is left over between two shapes that meet, in units of the face squared."""
STROKE: Final = 98
"""Width of a line in units of the face, as at weight 500 of Noto Emoji."""

DRAWINGS: Final[dict[str, str]] = {
    "bridge": """
        stroke M 160 400 L 2440 400
        fill R 720 -300 880 1640 40
        fill R 1720 -300 1880 1640 40
        stroke M 160 680 Q 600 780 760 1480
        stroke M 840 1480 Q 1300 180 1760 1480
        stroke M 1840 1480 Q 2000 780 2440 680
        thin M 440 400 L 440 780
        thin M 1080 400 L 1080 980
        thin M 1300 400 L 1300 820
        thin M 1520 400 L 1520 980
        thin M 2160 400 L 2160 780
        stroke M 180 -220 Q 290 -60 400 -220 Q 490 -340 580 -220
        stroke M 1020 -220 Q 1160 -60 1300 -220 Q 1440 -380 1580 -220
        stroke M 2020 -220 Q 2110 -60 2220 -220 Q 2310 -340 2420 -220""",
    "button": """
        stroke O 1300 700 960
        thin O 1300 700 700
        fill O 1070 930 115
        fill O 1530 930 115
        fill O 1070 470 115
        fill O 1530 470 115""",
    "drill": """
        stroke M 160 1180 L 560 1180
        fill M 520 960 L 820 860 L 820 1500 L 520 1400 Z
        shape M 1440 960 L 1600 60 L 2040 60 L 1960 960 Z
        shape R 860 900 2180 1460 200
        shape R 1380 -330 2260 70 100
        thin M 1780 1180 L 2000 1180
        fill M 1240 860 L 1440 860 L 1400 600 Q 1280 640 1240 860 Z""",
    "ferry": """
        thin M 1440 1100 L 1440 1420
        fill M 1440 1420 L 1160 1330 L 1440 1240 Z
        shape M 680 880 L 700 1200 L 960 1200 L 980 880 Z
        stroke M 700 1070 L 960 1070
        shape M 1240 880 L 1240 1130 L 1800 1130 L 1920 880 Z
        fill M 1540 970 L 1540 1040 L 1730 1040 L 1770 970 Z
        shape R 280 560 2140 890 60
        fill R 420 670 620 800 30
        fill R 740 670 940 800 30
        fill R 1060 670 1260 800 30
        fill R 1380 670 1580 800 30
        fill R 1700 670 1900 800 30
        shape M 120 560 L 2520 600 Q 2380 160 2100 60 L 420 60 Q 190 160 120 560 Z
        stroke M 240 390 L 2360 410
        stroke M 60 -150 Q 266 30 472 -150 Q 678 -330 884 -150 Q 1090 30 1296 -150 Q 1502 -330 1708 -150
            Q 1914 30 2120 -150 Q 2326 -330 2540 -150""",
    "fridge": """
        shape R 640 -290 1960 1740 180
        stroke M 640 1060 L 1960 1060
        stroke M 900 1300 L 900 1500
        stroke M 900 480 L 900 820
        fill R 760 -400 1000 -290 40
        fill R 1600 -400 1840 -290 40""",
    "grill": """
        stroke M 900 160 L 640 -340
        stroke M 1700 160 L 1960 -340
        shape M 380 660 C 380 240 760 20 1300 20 C 1840 20 2220 240 2220 660 Z
        shape M 380 860 C 380 1280 760 1540 1300 1540 C 1840 1540 2220 1280 2220 860 Z
        stroke M 1120 1560 L 1120 1720 L 1480 1720 L 1480 1560
        thin M 680 980 Q 760 1240 1040 1330
        fill O 1980 -270 150""",
    "hair_dryer": """
        shape M 1340 640 L 1210 -300 L 1590 -340 L 1800 640 Z
        shape M 330 800 L 330 1380 L 620 1330 Q 1000 1400 1420 1590 C 1900 1740 2270 1480 2270 1090
            C 2270 700 1900 440 1420 590 Q 1000 780 620 850 Z
        stroke M 620 850 L 620 1330
        stroke O 1700 1090 250
        fill R 1360 200 1500 420 60""",
    "lighthouse": """
        stroke M 420 -300 L 2180 -300
        shape M 900 -300 L 1060 980 L 1540 980 L 1700 -300 Z
        fill M 944 60 L 1656 60 L 1612 400 L 986 400 Z
        fill R 900 920 1700 1080 60
        stroke R 1080 1080 1520 1400 30
        fill M 960 1380 L 1640 1380 L 1300 1740 Z
        fill R 1240 1120 1360 1360 40
        stroke M 820 1320 L 400 1480
        stroke M 820 1160 L 400 1000
        stroke M 1780 1320 L 2200 1480
        stroke M 1780 1160 L 2200 1000""",
    "perfume": """
        shape R 560 -330 1800 800 260
        fill M 660 180 Q 920 300 1180 180 Q 1440 60 1700 180
            L 1700 40 Q 1700 -230 1540 -230 L 820 -230 Q 660 -230 660 40 Z
        fill R 1000 840 1360 1010 30
        shape R 920 1060 1440 1440 80
        stroke M 1440 1250 Q 1760 1250 1860 1000
        shape O 2010 760 250
        fill O 720 1260 70
        fill O 480 1410 70
        fill O 480 1110 70
        fill O 300 1260 70""",
    "pram": """
        stroke M 980 120 L 800 -120
        stroke M 1620 120 L 1800 -120
        stroke M 2080 760 Q 2120 1160 2420 1180
        shape M 460 760 L 2080 760 C 2080 320 1760 80 1270 80 C 780 80 460 320 460 760 Z
        shape M 460 760 C 460 1260 820 1640 1270 1640 L 1270 760 Z
        thin M 1270 760 L 700 1330
        thin M 1270 760 L 540 1060
        shape O 800 -140 210
        shape O 1800 -140 210
        fill O 800 -140 60
        fill O 1800 -140 60""",
    "solar_panel": """
        stroke M 1300 60 L 1300 -300
        stroke M 860 -300 L 1740 -300
        shape M 660 1000 L 1940 1000 L 2380 60 L 220 60 Z
        thin M 1087 1000 L 940 60
        thin M 1513 1000 L 1660 60
        thin M 460 530 L 2140 530
        fill O 1300 1420 150
        thin M 1300 1680 L 1300 1760
        thin M 1000 1420 L 920 1420
        thin M 1600 1420 L 1680 1420
        thin M 1088 1632 L 1032 1688
        thin M 1512 1632 L 1568 1688""",
    "tree": """
        fill M 1210 -300 L 1230 700 L 1370 700 L 1390 -300 Z
        stroke M 1300 260 L 1640 620
        stroke M 1300 120 L 1000 420
        stroke M 700 -300 L 1900 -300
        shape M 620 560 C 300 560 180 860 360 1060 C 280 1340 560 1560 820 1480 C 960 1760 1560 1800 1720 1500
            C 2040 1580 2320 1320 2220 1040 C 2420 840 2280 540 1960 560 C 1760 380 1500 420 1380 560
            C 1160 400 820 400 620 560 Z
        fill O 800 1000 75
        fill O 1160 1290 75
        fill O 1300 880 75
        fill O 1640 1180 75
        fill O 1860 880 75""",
    "soup": """
        stroke M 620 -250 L 1980 -250
        shape M 260 700 C 260 120 660 -180 1300 -180 C 1940 -180 2340 120 2340 700 Z
        stroke M 160 700 L 2440 700
        stroke M 860 980 Q 700 1160 860 1330 Q 1020 1500 860 1680
        stroke M 1300 980 Q 1140 1160 1300 1330 Q 1460 1500 1300 1680
        stroke M 1740 980 Q 1580 1160 1740 1330 Q 1900 1500 1740 1680
        thin M 520 440 Q 620 180 860 60""",
    "pet_bowl": """
        shape M 620 760 L 1980 760 L 2400 -140 Q 2420 -280 2280 -280 L 320 -280 Q 180 -280 200 -140 Z
        fill M 900 330 Q 780 390 740 280 Q 640 240 720 150 Q 680 30 800 40 Q 880 -40 960 80 L 1640 80
            Q 1720 -40 1800 40 Q 1920 30 1880 150 Q 1960 240 1860 280 Q 1820 390 1700 330 Q 1660 320 1640 270
            L 960 270 Q 940 320 900 330 Z
        stroke M 560 760 L 2040 760
        fill O 860 960 110
        fill O 1140 1010 120
        fill O 1440 1020 120
        fill O 1720 960 110
        fill O 1010 1210 110
        fill O 1300 1260 120
        fill O 1570 1210 110""",
    "coffee_beans": """
        shape M 300 180 C 120 620 360 1240 820 1500 C 1240 1720 1560 1480 1500 1000 C 1440 520 1080 -60 720 -160
            C 520 -220 380 -40 300 180 Z
        stroke M 560 -60 Q 620 520 900 700 Q 1200 900 1180 1500
        shape M 1260 360 C 1080 40 1240 -300 1600 -330 C 2040 -360 2400 -60 2440 300 C 2470 640 2180 800 1860 740
            C 1600 690 1380 580 1260 360 Z
        stroke M 1270 200 Q 1600 320 1850 180 Q 2100 30 2420 200""",
    "shoji": """
        stroke M 160 1560 L 2440 1560
        stroke M 160 -300 L 2440 -300
        shape R 300 -300 1240 1560 0
        shape R 1360 -300 2300 1560 0
        thin M 613 120 L 613 1560
        thin M 927 120 L 927 1560
        thin M 300 120 L 1240 120
        thin M 300 480 L 1240 480
        thin M 300 840 L 1240 840
        thin M 300 1200 L 1240 1200
        thin M 1673 120 L 1673 1560
        thin M 1987 120 L 1987 1560
        thin M 1360 120 L 2300 120
        thin M 1360 480 L 2300 480
        thin M 1360 840 L 2300 840
        thin M 1360 1200 L 2300 1200""",
    "dance_shoe": """
        shape M 300 1380 Q 440 1480 560 1400 C 700 1060 1000 740 1420 500 C 1700 350 2080 330 2340 150
            Q 2460 40 2380 -60 L 1560 -60 C 1300 40 1080 240 860 420 L 620 -260 L 460 -260 L 480 460
            C 300 680 220 1060 300 1380 Z
        stroke M 480 460 Q 640 520 860 420
        stroke M 420 -260 L 700 -260
        stroke M 980 860 Q 1220 1120 1080 1400
        fill O 1080 1440 90
        thin M 1740 980 L 1740 1500
        thin M 1740 1500 L 2180 1600
        thin M 2180 1600 L 2180 1080
        fill O 1640 960 130
        fill O 2080 1060 130""",
    "plait": """
        shape M 140 600 C 180 980 700 1280 1300 1280 C 1900 1280 2420 980 2460 600 C 2420 260 1900 40 1300 40
            C 700 40 180 260 140 600 Z
        stroke M 560 1100 Q 820 940 900 560
        stroke M 960 1240 Q 1220 1020 1300 560
        stroke M 1370 1260 Q 1620 1020 1700 560
        stroke M 1790 1190 Q 2000 960 2080 560
        stroke M 560 220 Q 820 320 890 720
        stroke M 960 90 Q 1210 240 1280 760
        stroke M 1370 70 Q 1610 240 1690 760
        stroke M 1790 130 Q 1990 280 2060 720
        stroke M 240 -240 L 2360 -240""",
    "roll": """
        shape M 240 180 C 200 820 640 1360 1300 1360 C 1960 1360 2400 820 2360 180 Q 2340 -120 2060 -120
            L 540 -120 Q 260 -120 240 180 Z
        stroke M 820 960 Q 1060 1120 1300 1130
        stroke M 1300 1130 Q 1540 1120 1780 960
        fill O 760 640 62
        fill O 1010 800 62
        fill O 1010 460 62
        fill O 1300 640 62
        fill O 1590 800 62
        fill O 1590 460 62
        fill O 1840 640 62
        fill O 1300 300 62
        fill O 700 280 62
        fill O 1900 280 62""",
    "fabric": """
        shape M 1980 1420 L 700 1420 C 460 1420 460 860 700 860 L 1980 860 Z
        shape O 1980 1140 280
        thin O 1980 1140 110
        shape M 560 920 L 400 -160 L 1760 -300 L 1860 860 L 700 860 Z
        thin M 700 680 L 1780 580
        thin M 640 280 L 1740 160
        fill O 860 480 70
        fill O 1240 440 70
        fill O 1600 400 70
        fill O 820 60 70
        fill O 1200 20 70
        fill O 1560 -40 70""",
    "washing_machine": """
        shape R 460 -330 2140 1740 160
        thin M 460 1270 L 2140 1270
        stroke O 1300 470 540
        fill M 920 480 Q 1110 600 1300 480 Q 1490 360 1680 480 C 1680 250 1520 90 1300 90 C 1080 90 920 250 920 480 Z
        stroke M 720 1500 L 1180 1500
        fill O 1560 1500 90
        fill O 1850 1500 90""",
    "wind_turbine": """
        fill M 1245 680 L 1190 -260 L 1410 -260 L 1355 680 Z
        stroke M 800 -300 L 1800 -300
        fill M 1300 960 Q 1100 1240 1300 1860 Q 1500 1240 1300 960 Z
        fill M 1300 960 Q 1642 993 2079 510 Q 1442 647 1300 960 Z
        fill M 1300 960 Q 1158 647 521 510 Q 958 993 1300 960 Z
        cut O 1300 960 190
        fill O 1300 960 115""",
}
"""By emblem, its shapes: how each is drawn, then its outline.

``stroke`` and ``thin`` draw lines, ``fill`` a surface, ``cut`` takes one out; ``shape`` takes out what lies behind it
and draws its edge. An outline has the commands M, L, Q, C and Z of SVG, with y upwards, or is ``O`` x y radius, a
circle, or ``R`` left low right high corner, a rectangle.
"""


def write_clock(hours: float) -> str:
    """Write the drawing of a clock at so many hours after twelve."""
    x, y = 1300, 690

    def point(turn: float, reach: float) -> str:
        return f"{x + reach * math.sin(math.tau * turn):.0f} {y + reach * math.cos(math.tau * turn):.0f}"

    ticks = [f"thin M {point(n / 12, 720)} L {point(n / 12, 800 if n % 3 else 640)}" for n in range(12)]
    hands = [f"stroke M {x} {y} L {point(hours / 12, 380)}", f"stroke M {x} {y} L {point(hours % 1, 570)}"]
    return "\n".join([f"stroke O {x} {y} 1000", *ticks, *hands, f"fill O {x} {y} 90"])


def draw(text: str) -> Any:
    """Draw one of ``DRAWINGS`` as a glyph of a TrueType face."""
    skia = load_skia()
    ink = skia.Path()
    for verb, data in _read_shapes(text):
        outline = _read_outline(data)
        if verb in ("cut", "shape"):
            ink = skia.Op(ink, outline, skia.kDifference_PathOp)
        if verb != "cut":
            added = outline if verb == "fill" else _trace(outline, STROKE if verb != "thin" else STROKE * 0.85)
            ink = skia.Op(ink, added, skia.kUnion_PathOp)
    pen = TTGlyphPen(None)
    _write(ink, pen)
    return pen.glyph()


def _read_shapes(text: str) -> Iterator[tuple[str, list[str]]]:
    shape: list[str] = []
    for word in [*text.split(), "end"]:
        if word.islower() and shape:
            yield shape[0], shape[1:]
            shape = []
        shape.append(word)


def _read_outline(words: list[str]) -> Any:
    skia = load_skia()
    path = skia.Path()
    draw_next: dict[str, tuple[int, Callable[..., Any]]] = {
        "M": (2, path.moveTo),
        "L": (2, path.lineTo),
        "Q": (4, path.quadTo),
        "C": (6, path.cubicTo),
        "O": (3, path.addCircle),
        "R": (5, lambda *at: path.addRoundRect(skia.Rect.MakeLTRB(*at[:4]), at[4], at[4])),
    }
    at, verb = 0, ""
    while at < len(words):
        if words[at].isupper():
            verb, at = words[at], at + 1
        if verb == "Z":
            path.close()
            continue
        count, add = draw_next[verb]
        add(*map(float, words[at : at + count]))
        at += count
    return path


def _trace(outline: Any, width: float) -> Any:
    """Return the surface of a line along an outline."""
    skia = load_skia()
    paint = skia.Paint(
        Style=skia.Paint.kStroke_Style,
        StrokeWidth=width,
        StrokeCap=skia.Paint.kRound_Cap,
        StrokeJoin=skia.Paint.kRound_Join,
    )
    traced = skia.Path()
    paint.getFillPath(outline, traced)
    return traced


def _write(ink: Any, pen: TTGlyphPen) -> None:
    """Write a surface as contours of quadratic curves, those of holes the other way about."""
    contours = [contour for contour in _split(ink) if abs(_measure_area(contour)) > _SPECK]
    outlines = [_read_outline(contour) for contour in contours]
    for contour in contours:
        start = float(contour[1]), float(contour[2])
        others = [outline for outline, other in zip(outlines, contours, strict=True) if other is not contour]
        depth = sum(other.contains(*start) for other in others)
        is_clockwise = _measure_area(contour) < 0
        turned = ReverseContourPen(pen) if is_clockwise == bool(depth % 2) else pen
        curves = Cu2QuPen(turned, max_err=1.0)
        points = iter(contour)
        for verb in points:
            count, name = _PENS[verb]
            getattr(curves, name)(*[(round(float(next(points))), round(float(next(points)))) for _ in range(count)])


def _split(ink: Any) -> list[list[str]]:
    """Split a surface into contours, each as the commands of ``DRAWINGS``."""
    skia = load_skia()
    verbs = {
        skia.Path.kLine_Verb: "L",
        skia.Path.kQuad_Verb: "Q",
        skia.Path.kConic_Verb: "Q",
        skia.Path.kCubic_Verb: "C",
    }
    contours: list[list[str]] = []
    steps = skia.Path.Iter(ink, True)
    while (step := steps.next())[0] != skia.Path.kDone_Verb:
        verb, points = step
        if verb == skia.Path.kMove_Verb:
            contours.append(["M", *_spell(points)])
        elif verb in verbs:
            if verb == skia.Path.kConic_Verb:
                points = skia.Path.ConvertConicToQuads(*points, steps.conicWeight(), 1)
            size = 4 if verb == skia.Path.kConic_Verb else 2 * len(points) - 2
            flat = _spell(points[1:])
            for first in range(0, len(flat), size):
                contours[-1] += [verbs[verb], *flat[first : first + size]]
    return [[*contour, "Z"] for contour in contours]


def _spell(points: Sequence[Any]) -> list[str]:
    return [f"{value:.3f}" for point in points for value in (point.x(), point.y())]


def _measure_area(contour: list[str]) -> float:
    """Measure the area within the points of a contour, below zero where they run clockwise."""
    at = [float(word) for word in contour if not word.isupper()]
    points = list(zip(at[::2], at[1::2], strict=True))
    return sum(x * v - u * y for (x, y), (u, v) in zip(points, [*points[1:], points[0]], strict=True)) / 2
