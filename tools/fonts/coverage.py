"""Writes the table of characters that the bundled faces can draw (media/letters/covered.txt). Run it after build.py."""

from __future__ import annotations

from reelwright.media.letters.coverage import TABLE, table
from reelwright.media.typeset.faces import face, names


def main() -> None:
    TABLE.write_text(table({name: face(name).characters for name in names()}), encoding="ascii")
    print(f"{TABLE.name}: {TABLE.stat().st_size} bytes")


if __name__ == "__main__":
    main()
