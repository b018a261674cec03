"""The entry point of the program: from here on a stop is answered, also while the verbs are imported."""

import gc

from reelwright.cli.shared.signals import install_early_exit


def main() -> None:
    """Run the command that was typed, and exit the process with its code."""
    install_early_exit()
    gc.disable()  # until a verb runs: what is imported stays, and to look through it once took 0.08 s (2026-11-26)
    from reelwright.cli import app

    app.main()


if __name__ == "__main__":
    main()
