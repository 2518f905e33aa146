"""The one error of this package."""


class InstallerError(Exception):
    """Something the user must know, as one sentence saying what happened and what to do next."""
