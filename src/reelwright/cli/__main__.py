"""The program's entry. It answers a stop before anything else is imported, which takes a tenth of a second and more."""

from reelwright.cli.signals import install_early_exit


def main() -> None:
    """Run the command that was typed, and exit the process with its code."""
    install_early_exit()
    from reelwright.cli.app import main as run

    run()


if __name__ == "__main__":
    main()
