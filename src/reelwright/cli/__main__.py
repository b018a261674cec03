"""``python -m reelwright.cli``: the program without its console script."""

from reelwright.cli.app import main

main()
