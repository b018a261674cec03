"""The gallery's screenshots, drawn by ourselves: a dashboard that is asked a question, a chat about a parcel."""

from __future__ import annotations

import math
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

import reelwright.media

_FONTS = Path(reelwright.media.__file__).parent / "fonts"


def _font(size: int, weight: int = 500) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(_FONTS / f"inter-{weight}.ttf"), size)


def draw_dashboard() -> Image.Image:
    """Draw a window with a question, its answer with sources, three values and a line of latency."""
    picture = Image.new("RGB", (1600, 1000), "#F4F6F9")
    draw = ImageDraw.Draw(picture)
    draw.rectangle((0, 0, 260, 1000), fill="#15233B")
    draw.text((36, 34), "Tidewatch", font=_font(34, 700), fill="#FFFFFF")
    for n, entry in enumerate(("Ask", "Services", "Alerts", "Sources", "Team")):
        if n == 0:
            draw.rounded_rectangle((20, 108, 240, 160), 10, fill="#2A4A7F")
        draw.text((40, 118 + n * 64), entry, font=_font(26), fill="#FFFFFF" if n == 0 else "#9FB0CC")
    draw.rounded_rectangle((300, 36, 1560, 112), 16, fill="#FFFFFF", outline="#CBD3DF", width=2)
    draw.text((332, 56), "Why is checkout slow?", font=_font(32, 600), fill="#15233B")
    draw.rounded_rectangle((1436, 50, 1544, 98), 10, fill="#1F7A5C")
    draw.text((1490, 74), "Ask", font=_font(26, 600), fill="#FFFFFF", anchor="mm")
    draw.rounded_rectangle((300, 140, 1560, 330), 16, fill="#FFFFFF")
    draw.text((332, 164), "An index was dropped in migration 318 at 02:14.", font=_font(34, 600), fill="#15233B")
    draw.text((332, 218), "Since then p95 of checkout rose from 210 ms to 1.4 s.", font=_font(28), fill="#46566F")
    for n, source in enumerate(("migration 318", "trace 8f2c", "orders-db")):
        draw.rounded_rectangle((332 + n * 230, 266, 542 + n * 230, 310), 22, fill="#E3F2EC")
        draw.text((437 + n * 230, 288), source, font=_font(22, 600), fill="#1F7A5C", anchor="mm")
    for n, (value, label, colour) in enumerate(
        (("1.4 s", "p95 latency", "#C4392B"), ("0.3 %", "errors", "#15233B"), ("1,870", "orders an hour", "#15233B"))
    ):
        left = 300 + n * 427
        draw.rounded_rectangle((left, 358, left + 406, 508), 16, fill="#FFFFFF")
        draw.text((left + 30, 376), value, font=_font(58, 700), fill=colour)
        draw.text((left + 30, 454), label, font=_font(26), fill="#46566F")
    draw.rounded_rectangle((300, 536, 1560, 964), 16, fill="#FFFFFF")
    draw.text((332, 556), "Latency of checkout, p95", font=_font(28, 600), fill="#15233B")
    for n, mark in enumerate(("1.5 s", "1.0 s", "0.5 s", "0 s")):
        y = 640 + n * 88
        draw.line((420, y, 1530, y), fill="#E3E7EE", width=2)
        draw.text((400, y), mark, font=_font(22), fill="#46566F", anchor="rm")
    for n, hour in enumerate(("00:00", "01:00", "02:00", "03:00", "04:00")):
        draw.text((440 + n * 265, 934), hour, font=_font(22), fill="#46566F", anchor="mm")
    line = []
    for n in range(221):
        rise = 1 / (1 + math.exp(-(n - 126) / 3))
        line.append(
            (440 + n * 4.8, 904 - 264 * (0.14 + 0.76 * rise + 0.025 * math.sin(n * 0.9) + 0.015 * math.sin(n * 2.3)))
        )
    draw.line(line, fill="#C4392B", width=6, joint="curve")
    return picture


def draw_chat() -> Image.Image:
    """Draw a conversation on a telephone: a customer asks for a parcel, and the desk answers with its place."""
    picture = Image.new("RGB", (900, 1200), "#EEF1F4")
    draw = ImageDraw.Draw(picture)
    draw.rectangle((0, 0, 900, 130), fill="#5A3FC0")
    draw.ellipse((36, 28, 110, 102), fill="#F2C14E")
    draw.text((73, 65), "P", font=_font(40, 700), fill="#3A2A80", anchor="mm")
    draw.text((134, 28), "Pigeonhole", font=_font(36, 700), fill="#FFFFFF")
    draw.text((134, 76), "answers in a second", font=_font(26), fill="#D9D0FF")
    says = (
        (False, ("Hi! Where is my parcel?", "Order 20417."), 170),
        (True, ("It left Rotterdam at 06:10 and", "is on the van to your street."), 330),
        (True, ("Expected today, 14:00 to 15:00."), 490),
        (False, ("Can you leave it with a neighbour?",), 610),
        (True, ("Done. The driver will ring at", "number 14, with Mrs. Osei."), 730),
        (False, ("You are faster than my sister.",), 890),
    )
    for is_desk, said, top in says:
        lines = said if isinstance(said, tuple) else (said,)
        wide = max(round(draw.textlength(line, font=_font(34))) for line in lines) + 64
        left = 36 if is_desk else 864 - wide
        high = 40 + 48 * len(lines)
        fill, ink = ("#FFFFFF", "#20242C") if is_desk else ("#5A3FC0", "#FFFFFF")
        draw.rounded_rectangle((left, top, left + wide, top + high), 28, fill=fill)
        for n, line in enumerate(lines):
            draw.text((left + 32, top + 19 + n * 48), line, font=_font(34), fill=ink)
    draw.rounded_rectangle((36, 1080, 864, 1164), 42, fill="#FFFFFF", outline="#C9CFD8", width=2)
    draw.text((72, 1122), "Write a message", font=_font(32), fill="#6B7380", anchor="lm")
    draw.ellipse((786, 1088, 854, 1156), fill="#5A3FC0")
    draw.polygon(((808, 1104), (808, 1140), (838, 1122)), fill="#FFFFFF")
    return picture
