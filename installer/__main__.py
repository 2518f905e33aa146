"""`python -m installer run | test`. In plain syntax: an older Python must reach the sentence, not a SyntaxError."""

import sys

OLDEST, NEWEST = (3, 11), (3, 13)


def main() -> int:
    """Refuse a Python that the pinned packages have no wheels for; hand the rest to the command line."""
    if not OLDEST <= sys.version_info[:2] <= NEWEST:
        sys.stderr.write(
            "Sinopia needs Python 3.11, 3.12 or 3.13, and this is Python {}.{}. Install one of them and name it in the "
            "command, for example: python3.11 -m installer run\n".format(*sys.version_info[:2])
        )
        return 1
    from installer.cli import main as command_line

    return command_line(sys.argv[1:])


if __name__ == "__main__":
    sys.exit(main())
