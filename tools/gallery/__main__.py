"""Make the films of docs/gallery/scripts, their contact sheets and the gallery's page.

usage: python -m tools.gallery [--large FOLDER] [NAME ...]

NAME: only the scripts whose names begin so; the page stays. --large: also a large sheet of each film, and its file.
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from tools.gallery.films import GALLERY, ROOT, SCRIPTS, make_films
from tools.gallery.page import write_page
from tools.gallery.sheets import write_contact_sheet, write_large_sheet


def main(arguments: list[str]) -> None:
    """Make all films, or those of these names."""
    large = None
    if arguments[:1] == ["--large"]:
        large, arguments = Path(arguments[1]), arguments[2:]
        large.mkdir(parents=True, exist_ok=True)
    scripts = [one for one in SCRIPTS if not arguments or one.stem.startswith(tuple(arguments))]
    films = []
    for film, path in make_films(scripts):
        write_contact_sheet(path, film.screens, GALLERY / f"{film.script.stem}.webp")
        if large:
            write_large_sheet(path, film.seconds, large / f"sheet-{film.script.stem}.png")
            shutil.copyfile(path, large / f"{film.script.stem}.mp4")
            index = [f"{one.stem.partition('-')[0]} {one.relative_to(ROOT)}\n" for one in SCRIPTS]
            (large / "INDEX.txt").write_text("".join(index), encoding="utf-8")
        films.append(film)
        print(f"{film.script.stem}: {film.look}, {film.mood}, {film.seconds:.1f} s, made in {film.took_s:.1f} s")
        sys.stdout.flush()
    if len(films) == len(SCRIPTS):
        write_page(films)


if __name__ == "__main__":
    main(sys.argv[1:])
