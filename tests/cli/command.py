"""Runs command lines in this process, as the console script does."""

from dataclasses import dataclass

import pytest

from app.cli.main import main


@dataclass(frozen=True)
class Said:
    """How a command ended and what it printed."""

    code: int
    out: str
    err: str

    @property
    def complaint(self) -> str:
        """The one line on stderr; fails when there are more or none, or when it is a traceback."""
        lines = self.err.splitlines()
        assert len(lines) == 1, self.err
        assert "Traceback" not in self.err
        assert lines[0].startswith("sinopia: ")
        return lines[0]


def sinopia(capsys: pytest.CaptureFixture[str], *words: object) -> Said:
    """Run `sinopia` with `words`; a help text's SystemExit counts as its exit code."""
    capsys.readouterr()
    try:
        code = main([str(word) for word in words])
    except SystemExit as end:
        code = int(end.code or 0)
    captured = capsys.readouterr()
    return Said(code, captured.out, captured.err)
