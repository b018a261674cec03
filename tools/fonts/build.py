"""Makes the bundled faces (src/reelwright/media/fonts) from the @fontsource packages. Run by hand when a face changes.

In an empty folder: `npm pack` each package named in FACES as @fontsource/<package> at the version in VERSION (5.3.0;
noto-color-emoji, noto-emoji 5.3.2). Then `python -m tools.fonts.build <that folder> [FACE]`. Needs fonttools, brotli
and Reelwright. The packages hold WOFF2 files split by script: each is opened, cut where CUTS says so, merged into one
TrueType face, given the name that the code uses, and written beside its licence. Prints the table that stands in
fonts/README.md. Run coverage.py beside it afterwards.
`python -m tools.fonts.build --drawings`: only our own emblems, in the face that is here.
"""

from __future__ import annotations

import io
import math
import sys
import tarfile
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from fontTools import subset
from fontTools.merge import Merger
from fontTools.pens.basePen import AbstractPen
from fontTools.pens.recordingPen import DecomposingRecordingPen
from fontTools.pens.reverseContourPen import ReverseContourPen
from fontTools.pens.transformPen import TransformPen
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTFont
from tools.fonts.drawings import DRAWINGS, write_clock
from tools.fonts.glyph_writer import draw

from reelwright.media.emblems import CLOCK_FACES, DAYS, FIRST_CLOCK, FIRST_PAGE, load_emblems

OUT = Path(__file__).parents[2] / "src" / "reelwright" / "media" / "fonts"
EUROPE = ("latin", "latin-ext", "vietnamese")
CYRILLIC = ("cyrillic", "cyrillic-ext")
GREEK = ("greek", "greek-ext")


class Made(NamedTuple):
    """package, weight, scripts as the package splits them, and which code points to keep (None: all).

    ``more``: packages that add what is not there yet, in their order.
    """

    package: str
    weight: int
    scripts: tuple[str, ...]
    cut: str = ""
    more: tuple[Made, ...] = ()
    style: str = "normal"


FACES = {
    "anton": Made("anton", 400, EUROPE),
    "oswald-700": Made("oswald", 700, (*EUROPE, *CYRILLIC)),
    "sofia-extra-condensed-900": Made("sofia-sans-extra-condensed", 900, ("latin", "latin-ext", *CYRILLIC, "greek")),
    "inter-500": Made("inter", 500, (*EUROPE, *CYRILLIC, *GREEK)),
    "inter-600": Made("inter", 600, (*EUROPE, *CYRILLIC, *GREEK)),
    "inter-700": Made("inter", 700, (*EUROPE, *CYRILLIC, *GREEK)),
    "manrope-700": Made("manrope", 700, (*EUROPE, *CYRILLIC, "greek")),
    "lalezar": Made("lalezar", 400, ("latin", "latin-ext", "arabic")),
    "readex-600": Made("readex-pro", 600, ("latin", "latin-ext", "arabic")),
    "readex-700": Made("readex-pro", 700, ("latin", "latin-ext", "arabic")),
    "jetbrains-mono-600": Made("jetbrains-mono", 600, (*EUROPE, *CYRILLIC, "greek"), cut="no-ligatures"),
    "noto-devanagari-600": Made("noto-sans-devanagari", 600, ("latin", "latin-ext", "devanagari")),
    "noto-devanagari-900": Made("noto-sans-devanagari", 900, ("latin", "latin-ext", "devanagari")),
    "noto-hebrew-600": Made("noto-sans-hebrew", 600, ("latin", "latin-ext", "hebrew")),
    "noto-hebrew-900": Made("noto-sans-hebrew", 900, ("latin", "latin-ext", "hebrew")),
    "noto-thai-600": Made("noto-sans-thai", 600, ("latin", "latin-ext", "thai")),
    "noto-thai-900": Made("noto-sans-thai", 900, ("latin", "latin-ext", "thai")),
    "noto-sc-700": Made("noto-sans-sc", 700, ("chinese-simplified",)),
    "noto-jp-700": Made("noto-sans-jp", 700, ("japanese",)),
    "noto-jp-900": Made("noto-sans-jp", 900, ("japanese",), cut="jis-level-1"),
    "noto-kr-700": Made("noto-sans-kr", 700, ("korean",), cut="ks-x-1001"),
    "alegreya-500": Made("alegreya", 500, (*EUROPE, *CYRILLIC, *GREEK), cut="lining"),
    "alegreya-500-italic": Made("alegreya", 500, (*EUROPE, *CYRILLIC, *GREEK), cut="lining", style="italic"),
    "playfair-400": Made("playfair-display", 400, (*EUROPE, "cyrillic"), cut="lining"),
    "playfair-400-italic": Made("playfair-display", 400, (*EUROPE, "cyrillic"), cut="lining", style="italic"),
    "shippori-500": Made("shippori-mincho", 500, ("japanese",), cut="jis-level-1-and-quiet"),
    "amiri": Made("amiri", 400, ("latin", "latin-ext", "arabic")),
    "noto-serif-devanagari-500": Made("noto-serif-devanagari", 500, ("latin", "latin-ext", "devanagari")),
    "noto-serif-hebrew-500": Made("noto-serif-hebrew", 500, ("latin", "latin-ext", "hebrew")),
    "noto-serif-thai-500": Made("noto-serif-thai", 500, ("latin", "latin-ext", "thai")),
    "unbounded-800": Made("unbounded", 800, (*EUROPE, *CYRILLIC)),
    "rubik-600": Made("rubik", 600, ("latin", "latin-ext", *CYRILLIC, "arabic", "hebrew")),
    "space-grotesk-600": Made("space-grotesk", 600, EUROPE),
    "plex-mono-500": Made("ibm-plex-mono", 500, (*EUROPE, *CYRILLIC), cut="no-ligatures"),
    "noto-symbols": Made(
        "noto-sans-symbols",
        700,
        ("symbols",),
        cut="signs",
        more=(
            Made("noto-sans-symbols-2", 400, ("symbols",), cut="signs"),
            Made("noto-sans-math", 400, ("latin",), cut="signs"),
        ),
    ),
    "noto-emoji": Made("noto-color-emoji", 400, ("emoji",), cut="no-skins-no-flags"),
    "emblems-500": Made("noto-emoji", 500, tuple(map(str, range(11))), cut="emblems"),
}


def rows(codec: str, first: int, last: int) -> set[int]:
    """Code points of a 94x94 character set's rows ``first`` to ``last``."""
    found = set()
    for row in range(first, last + 1):
        for cell in range(1, 95):
            try:
                found.add(ord(bytes((0xA0 + row, 0xA0 + cell)).decode(codec)))
            except (UnicodeDecodeError, TypeError):
                continue
    return found


_PAGE = ((307, -343, 2293, 1500, 180), (700, 1300, 880, 1743, 90), (1720, 1300, 1900, 1743, 90))
"""Our page of a calendar in units of the face, left, low, right, high and corner: the sheet and its two rings."""
_SHEET = (467, -183, 2133, 960, 60)
"""The white part of the page."""
_PIN = (1300, 1043)
"""The middle of the round of our pin of a map."""
_DIGITS = 0.56
"""Size of its digits against those of Inter."""

SIGNS = {*range(0x2190, 0x2300), *range(0x2500, 0x2580), *range(0x25A0, 0x2800), *range(0x2B00, 0x2C00)} | set(
    map(ord, " \u00a0−‣⁃")
)
"""Arrows, signs of arithmetic, boxes, shapes, ticks and stars; the space after one is set in its face."""
QUIET = set(
    map(
        ord,
        "贅饗餐佇侘囁嗜囃寂弄憧憬拘揶揄愉悠彷彿惚恍悦慈愛祓禊穢掬抽斂旬曖昧暁晴杳枇杷柚檜欅榧榛橙櫛櫻梔椛樟欒渺沁滲漉潺瀟洒澪灑炙炒"
        "烹煌燻爛燦璃瑠玻琥珀珊瑚瑪瑙翡翠玲瓏畢皺盃瞑祠稀窯竈笈筍簪簾籠糀糯紬絣緞綾羅纏翠膳艶芍藥苺茗荷茱萸莢菫萌葡萄蕎麥薔薇薫蘭藹蛍蜻蛉蝋燭袱襖褥褪襲"
        "訣誂謐豊貂躑躅邂逅醪醸釉鈿鉋鋳鍔鏡閾雫霰霽靄韶饂飩饅餡馥郁駱駝髭鮑鮪鯛鰻鱧鱒鱈鴨鶯鷺鹸麓麹麺黎黛鼈龍",
    )
)
"""Characters beyond JIS level 1 in the words of inns, kitchens, crafts and cloth: 贅沢, 琥珀, 紬, 饂飩."""
CUTS: dict[str, Callable[[set[int]], set[int]]] = {
    "": lambda have: have,
    "no-ligatures": lambda have: have,
    "lining": lambda have: have,
    "signs": lambda have: have & SIGNS,
    "jis-level-1": lambda have: {c for c in have if c < 0x3400 or c > 0x9FFF} | rows("euc_jp", 16, 47),
    "jis-level-1-and-quiet": lambda have: CUTS["jis-level-1"](have) | (have & QUIET),
    "ks-x-1001": lambda have: {c for c in have if not 0xAC00 <= c <= 0xD7A3} | rows("euc_kr", 16, 40),
    "emblems": lambda have: have & {ord(emblem.glyph) for emblem in load_emblems().values()},
    "no-skins-no-flags": lambda have: have - set(range(0x1F3FB, 0x1F400)) - set(range(0x1F1E6, 0x1F200)),
}


def opened(folder: Path, made: Made) -> tuple[list[TTFont], str, str]:
    """The faces of one package, the version of the package and its licence."""
    archive = next(folder.glob(f"fontsource-{made.package}-[0-9]*.tgz"))
    version = archive.stem.rsplit("-", 1)[1]
    with tarfile.open(archive) as tar:

        def read(name: str) -> bytes:
            member = tar.extractfile(f"package/{name}")
            assert member is not None
            return member.read()

        fonts = [
            TTFont(io.BytesIO(read(f"files/{made.package}-{script}-{made.weight}-{made.style}.woff2")))
            for script in made.scripts
        ]
        return fonts, version, read("LICENSE").decode()


def cut(font: TTFont, made: Made, there: frozenset[int] = frozenset()) -> TTFont:
    """What is kept of a face; ``there``: code points that others bring."""
    if "SVG " in font:
        del font["SVG "]
    options = subset.Options()
    options.layout_features = ["*"] if made.cut != "no-ligatures" else ["ccmp", "mark", "mkmk", "locl"]
    options.hinting = False
    options.notdef_outline = True
    options.glyph_names = False
    options.drop_tables = [*options.drop_tables, "STAT", "meta"]
    if made.cut == "signs":  # of several designs: only outlines are merged
        options.layout_features = []
        options.drop_tables += ["GSUB", "GPOS", "GDEF", "MATH", "BASE", "vhea", "vmtx", "gasp", "fpgm", "prep", "cvt "]
    cutter = subset.Subsetter(options)
    cutter.populate(unicodes=CUTS[made.cut](set(font.getBestCmap())) - there)
    cutter.subset(font)
    if made.cut == "lining":
        make_lining(font)
    return font


def make_lining(font: TTFont) -> None:
    """Give the digits their lining forms, as tall as capitals: old-style ones read as letters in a price or a year."""
    features = font["GSUB"].table.FeatureList.FeatureRecord if "GSUB" in font else []
    forms: dict[str, str] = {}
    for record in features:
        if record.FeatureTag == "lnum":
            for index in record.Feature.LookupListIndex:
                for one in font["GSUB"].table.LookupList.Lookup[index].SubTable:
                    forms |= getattr(one, "mapping", {})
    for table in font["cmap"].tables:
        for digit in range(0x30, 0x3A):
            if table.cmap.get(digit) in forms:
                table.cmap[digit] = forms[table.cmap[digit]]


def _draw_round(
    pen: TTGlyphPen, left: float, low: float, right: float, high: float, corner: float, *, is_hole: bool = False
) -> None:
    """Draw a rectangle with round corners, the other way about for a hole in a shape."""
    corners = [((left, low), (1, 0)), ((right, low), (0, 1)), ((right, high), (-1, 0)), ((left, high), (0, -1))]
    points = [
        ((x - dy * corner, y + dx * corner), (x, y), (x + dx * corner, y + dy * corner)) for (x, y), (dx, dy) in corners
    ]
    if not is_hole:
        points = [(c, b, a) for a, b, c in reversed(points)]
    pen.moveTo(points[0][2])
    for before, at, after in (*points[1:], points[0]):
        pen.lineTo(before)
        pen.qCurveTo(at, after)
    pen.closePath()


def add_calendar_pages(font: TTFont) -> None:
    """Add our own drawings of a calendar's page: with dots, and with each day of a month, in the digits of Inter."""
    digits = TTFont(OUT / "inter-700.ttf")
    glyphs, names = digits.getGlyphSet(), digits.getBestCmap()
    order = font.getGlyphOrder()
    for day in range(DAYS + 1):
        pen = TTGlyphPen(None)
        for left, low, right, high, corner in _PAGE:
            _draw_round(pen, left, low, right, high, corner)
        _draw_round(pen, *_SHEET, is_hole=True)
        if day:
            text = str(day)
            advances = [glyphs[names[ord(digit)]].width for digit in text]
            x = 1300 - sum(advances) * _DIGITS / 2
            for digit, advance in zip(text, advances, strict=True):
                outline = DecomposingRecordingPen(glyphs)
                glyphs[names[ord(digit)]].draw(outline)
                outline.replay(TransformPen(pen, (_DIGITS, 0, 0, _DIGITS, x, -28)))
                x += advance * _DIGITS
        else:
            for column in range(4):
                for row in range(3):
                    left, low = 640 + column * 380, -110 + row * 330
                    _draw_round(pen, left, low, left + 180, low + 180, 60)
        name = f"page{day}"
        order.append(name)
        font["glyf"][name] = pen.glyph()
        for table in {"hmtx", "vmtx"} & set(font.keys()):
            font[table][name] = (2600, 307)
        for table in font["cmap"].tables:
            if table.isUnicode():
                table.cmap[ord(FIRST_PAGE) + day] = name
    font.setGlyphOrder(order)


def _draw_drop(pen: AbstractPen, radius: float, tip: float) -> None:
    """Draw a circle whose sides run on into a tip, ``tip`` units below its middle; the radius: a circle alone."""
    x, y = _PIN
    side = math.acos(radius / tip)
    first, arc = math.radians(270) - side, (side - math.pi) / 4
    reach = radius / math.cos(arc / 2)
    pen.moveTo((x, y - tip))
    pen.lineTo((x + radius * math.cos(first), y + radius * math.sin(first)))
    for index in range(8):
        middle, at = first + arc * (index + 0.5), first + arc * (index + 1)
        pen.qCurveTo(
            (x + reach * math.cos(middle), y + reach * math.sin(middle)),
            (x + radius * math.cos(at), y + radius * math.sin(at)),
        )
    pen.closePath()


def draw_pin(font: TTFont) -> None:
    """Draw our own pin of a map: that of the face is a needle with a round head, which reads as a lollipop."""
    pen = TTGlyphPen(None)
    _draw_drop(pen, 700, 1386)
    _draw_drop(ReverseContourPen(pen), 540, 1069)
    _draw_drop(pen, 230, 230)
    font["glyf"][font.getBestCmap()[ord("📍")]] = pen.glyph()


def add_drawings(font: TTFont) -> None:
    """Add our own drawings of what the face lacks, at the characters that emblems.yaml gives them."""
    for name, shapes in DRAWINGS.items():
        _add_drawing(font, name, shapes, ord(load_emblems()[name].glyph))


def add_clock_faces(font: TTFont) -> None:
    """Add our own drawings of a clock at each half hour."""
    for n in range(CLOCK_FACES):
        _add_drawing(font, f"clock{n}", write_clock(n / 2), ord(FIRST_CLOCK) + n)


def redraw_emblems() -> None:
    """Draw our own emblems anew in the face that we have, where no package is at hand."""
    font = TTFont(OUT / "emblems-500.ttf")
    add_drawings(font)
    font.recalcTimestamp = False
    font.save(OUT / "emblems-500.ttf")


def _add_drawing(font: TTFont, name: str, shapes: str, code: int) -> None:
    order = font.getGlyphOrder()
    name = font.getBestCmap().get(code, name)
    if name not in order:
        order.append(name)
    font["glyf"][name] = glyph = draw(shapes)
    glyph.recalcBounds(font["glyf"])
    for table in {"hmtx", "vmtx"} & set(font.keys()):
        font[table][name] = (2600, glyph.xMin if table == "hmtx" else 307)
    for table in font["cmap"].tables:
        if table.isUnicode() and (code <= 0xFFFF or table.format == 12):
            table.cmap[code] = name
    font.setGlyphOrder(order)


def merged(fonts: list[TTFont]) -> TTFont:
    if len(fonts) == 1:
        return fonts[0]
    with tempfile.TemporaryDirectory() as folder:
        paths = []
        for index, font in enumerate(fonts):
            font.flavor = None
            paths.append(f"{folder}/{index}.ttf")
            font.save(paths[-1])
        return Merger().merge(paths)


def renamed(font: TTFont, name: str) -> TTFont:
    """One plain name, so that nobody trusts names like the merged 'Noto Sans SC Thin'; copyright is kept."""
    kept = {0, 5, 7, 8, 9, 13, 14}
    table = font["name"]
    table.names = [record for record in table.names if record.nameID in kept]
    for number, text in ((1, name), (2, "Regular"), (3, name), (4, name), (6, name)):
        table.setName(text, number, 3, 1, 0x409)
    return font


def main(folder: Path, only: str = "") -> None:
    total = 0
    for name, made in FACES.items():
        if only not in ("", name):
            continue
        fonts, version, licence = opened(folder, made)
        parts = [cut(font, made) for font in fonts]
        for other in made.more:
            there = frozenset(code for part in parts for code in part.getBestCmap())
            added, _, words = opened(folder, other)
            parts += [cut(font, other, there) for font in added]
            (OUT / "licences" / f"{other.package}.txt").write_text(words, encoding="utf-8")
        font = renamed(merged(parts), name)
        if made.cut == "emblems":
            add_calendar_pages(font)
            draw_pin(font)
            add_drawings(font)
            add_clock_faces(font)
        font.flavor = None
        font["head"].modified = font["head"].created
        font.recalcTimestamp = False
        path = OUT / f"{name}.ttf"
        font.save(path)
        (OUT / "licences" / f"{made.package}.txt").write_text(licence, encoding="utf-8")
        total += path.stat().st_size
        scripts = ", ".join(made.scripts) + (f" ({made.cut})" if made.cut else "")
        scripts += "".join(f", {other.package} {other.weight}" for other in made.more)
        row = (name, f"{made.package} {made.weight}", version, scripts, len(font.getBestCmap()), path.stat().st_size)
        sys.stdout.write("| " + " | ".join(map(str, row)) + " |\n")
    sys.stdout.write(f"{total} bytes\n")


if __name__ == "__main__" and sys.argv[1:] == ["--drawings"]:
    redraw_emblems()
elif __name__ == "__main__":
    main(Path(sys.argv[1]), *sys.argv[2:])
