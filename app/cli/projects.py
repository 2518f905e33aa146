"""Projects named on a command line."""

from __future__ import annotations

import sys
from pathlib import Path

from app.cli.errors import CommandError
from app.cli.terminal import say
from app.files.errors import ProjectFileError
from app.files.opening import open_project
from app.files.project import Project
from app.files.saving import save_project
from nodes.graph.errors import Problem
from nodes.registry import Registry


def read_project(path: Path, registry: Registry) -> tuple[Project, tuple[str, ...]]:
    """The project at `path`, and a sentence for each part of it that is damaged.

    Raises:
        CommandError: it cannot be read.
    """
    try:
        opened = open_project(path, registry)
    except ProjectFileError as error:
        raise CommandError(str(error)) from error
    return opened.project, opened.complaints


def open_with_warnings(path: Path, registry: Registry) -> Project:
    """The project at `path`; what had to be left out of it is told on stderr."""
    project, complaints = read_project(path, registry)
    for complaint in (*registry.complaints, *complaints):
        say(f"sinopia: {complaint}", sys.stderr)
    return project


def write_new_project(project: Project, path: Path, registry: Registry) -> None:
    """Save a project where nothing was before.

    Raises:
        CommandError: there is a file already, or it cannot be written.
    """
    if path.exists():
        raise CommandError(f"{path}: There is a file of that name.", "Nothing was changed. Choose another name.")
    try:
        save_project(project, path, registry)
    except ProjectFileError as error:
        raise CommandError(str(error)) from error


def problem_line(problem: Problem) -> str:
    """A problem on one line, its node by id so that it can be found in the file."""
    place = ".".join(part for part in (problem.node, problem.port) if part)
    message = " ".join(problem.message.split())
    return f"{place}: {message}" if place else message
