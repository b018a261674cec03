"""The entry point of the program: from here on a stop is answered, also while the verbs are imported."""

from reelwright.cli.signals import install_early_exit


def main() -> None:
    """Run the command that was typed, and exit the process with its code."""
    install_early_exit()
    from reelwright.cli import app

    app.main()


if __name__ == "__main__":
    main()
