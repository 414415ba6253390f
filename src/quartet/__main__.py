"""The command `quartet`, also as `python -m quartet`."""

import sys


def main() -> None:
    """Load all that it needs, which takes a second, and run; a Ctrl-C meanwhile shows no traceback."""
    try:
        from quartet.cli import main as run  # noqa: PLC0415 - so that it can be caught
    except KeyboardInterrupt:
        sys.exit(130)
    run()


if __name__ == "__main__":
    main()
