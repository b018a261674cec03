"""``python -m reelwright``: the program without its console script."""

from reelwright.cli.app import main

main()
