"""Writes the table of characters that the bundled faces can draw (media/letters/covered.txt). Run it after build.py."""

from __future__ import annotations

from reelwright.media.letters.coverage import TABLE, build_table
from reelwright.media.typeset.faces import list_faces, load_face


def main() -> None:
    TABLE.write_text(build_table({name: load_face(name).characters for name in list_faces()}), encoding="ascii")
    print(f"{TABLE.name}: {TABLE.stat().st_size} bytes")


if __name__ == "__main__":
    main()
