"""The front door: `sinopia` and `python -m app`."""

from __future__ import annotations

import faulthandler
import sys

from app.cli.main import main as run_command_line


def main() -> int:
    """Run the command line of this process."""
    if sys.stderr is not None:  # a windowed start has none
        faulthandler.enable()
    return run_command_line()


if __name__ == "__main__":
    sys.exit(main())
