"""Write docs/gallery/README.md: each film's sheet, script, look, mood, length, and how long it took."""

from __future__ import annotations

from collections.abc import Sequence

from tools.gallery.films import GALLERY, SHORT_SIDE, GalleryFilm

_HEAD = """# Twenty films, as they come

`make gallery` makes these films and this page: twenty scripts, and `reelwright make SCRIPT --short-side {short_side}`
for each, without an API key or a GPU, and with `--voice kokoro` where that voice has the language. Nobody touched the
films: each look, accent, mood and length is the one that Reelwright chose. The businesses are invented, and the
photographs are drawn ([tools/gallery](../../tools/gallery/landscapes.py)).

Each picture shows the first frame of a film and a frame of each of its screens.

| film | look | mood of the music | aspect | length | made in | encoding it once |
|---|---|---|---|---|---|---|
"""


def write_page(films: Sequence[GalleryFilm]) -> None:
    """Write the page of all films."""
    text = _HEAD.format(short_side=SHORT_SIDE)
    for film in films:
        anchor = f"[{film.title}](scripts/{film.script.name})"
        text += f"| {anchor} | {film.look} | {film.mood} | {film.aspect} | {film.seconds:.1f} s | {film.took_s:.0f} s |"
        text += f" {film.encode_s:.1f} s |\n"
    total = sum(film.took_s for film in films)
    text += f"\nAll {len(films)} films together took {total / 60:.1f} minutes on the machine that made this page. "
    text += "“Encoding it once” is the yardstick: ffmpeg decodes the film and encodes it again on the same machine.\n"
    if spoken := [film for film in films if film.voice]:
        text += (
            f"\n{len(spoken)} of them are spoken, on that machine too: `--voice kokoro` says the words of the screens "
        )
        text += "([a voice without a key](../guides/voice.md)). The others are in languages that it does not speak.\n"
    for film in films:
        text += f"\n## {film.title}\n\n"
        text += f"[The script](scripts/{film.script.name}): {film.aspect}, {film.seconds:.1f} s"
        text += f", spoken by {film.voice}. " if film.voice else ". "
        text += " ".join(film.notes) + f"\n\n![{film.title}]({film.script.stem}.webp)\n"
    (GALLERY / "README.md").write_text(text, encoding="utf-8")
