"""`sinopia models`: what each model is, which parts it has, and which words it knows, read from its card."""

from __future__ import annotations

import argparse
import shutil
from pathlib import Path

import msgspec

from app.cli.engine_tools import run_tool
from app.cli.errors import CommandError, Exit, UsageError
from app.cli.json_text import json_text
from app.cli.places import RESOURCES
from app.cli.terminal import say
from app.model.home import find_home
from engine.api.cards import ModelCard
from engine.api.decoding import decode_json

CARD = "model.json"
GOING = ".going-"
ACTIONS = ("list", "info", "add", "remove")


def declare(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `models`."""
    parser.add_argument("action", choices=ACTIONS, metavar="ACTION", help=", ".join(ACTIONS))
    parser.add_argument("name", nargs="?", help="the model, for info and remove; a folder or file, for add")
    parser.add_argument("--name", dest="called", help="for add: what the model shall be called here")
    told = "for add of an ensemble's file: the model whose encoders it was trained with (storybook)"
    parser.add_argument("--encoders", metavar="MODEL", default="storybook", help=told)
    parser.add_argument("--json", action="store_true", help="print the cards as JSON")


def run(arguments: argparse.Namespace) -> int:
    """List models, tell of one, add one or remove one."""
    cards = (*read_cards(RESOURCES), *read_cards(find_home().models))
    if arguments.action == "list":
        say(json_text(cards) if arguments.json else "\n".join(map(_line, cards)) or "There are no models.")
        return Exit.DONE
    if arguments.name is None:
        raise UsageError(f"`sinopia models {arguments.action}` needs a name.", "See `sinopia models list`.")
    if arguments.action == "add":
        return _add(arguments, cards)
    if arguments.action == "remove":
        return _remove(_named(arguments.name, cards))
    card = _named(arguments.name, cards)
    say(json_text(card) if arguments.json else described(card))
    return Exit.DONE


def read_cards(folder: Path) -> tuple[ModelCard, ...]:
    """The cards of all models below `folder`, by name.

    Raises:
        CommandError: a card is damaged.
    """
    return tuple(_read(file) for file in sorted(folder.glob(f"[!.]*/{CARD}")))


def _read(file: Path) -> ModelCard:
    try:
        return decode_json(file.read_bytes(), ModelCard)
    except (OSError, msgspec.DecodeError) as error:
        raise CommandError(f"{file}: the model card cannot be read ({error}).", "Fetch this model again.") from error


def _add(arguments: argparse.Namespace, cards: tuple[ModelCard, ...]) -> int:
    """Taking a model in means looking through its weights, which is the engine's work."""
    source = Path(arguments.name)
    if not source.exists():
        raise CommandError(f"{source}: there is no such file or folder.", "Name a model's folder or ensemble's file.")
    encoders = folder_of(_named(arguments.encoders, cards))
    options = [str(source), str(find_home().models), "--encoders", str(encoders)]
    options += ["--name", arguments.called] if arguments.called else []
    run_tool("engine.models.adopting", options, debug=arguments.debug)
    return Exit.DONE


def _remove(card: ModelCard) -> int:
    folder = folder_of(card)
    if folder.parent == RESOURCES:
        raise CommandError(
            f"{card.title} comes with the program and is not removed alone.", "Delete the program instead."
        )
    going = folder.with_name(f"{GOING}{folder.name}")
    try:
        shutil.rmtree(going, ignore_errors=True)
        folder.rename(going)  # at once: half a model is never found
        shutil.rmtree(going)
    except OSError as error:
        told = f"{error.filename or folder}: {error.strerror or error}."
        raise CommandError(told, "Close the programs that use the model, and try again.") from error
    say(f"{card.title} was removed.")
    return Exit.DONE


def folder_of(card: ModelCard) -> Path:
    """Where a model lies: among those of the program, or among the added ones."""
    own = RESOURCES / card.name
    return own if (own / CARD).is_file() else find_home().models / card.name


def _named(name: str, cards: tuple[ModelCard, ...]) -> ModelCard:
    for card in cards:
        if name.casefold() in (card.name.casefold(), card.title.casefold()):
            return card
    known = ", ".join(card.name for card in cards) or "there are none"
    raise CommandError(f"There is no model {name!r}.", f"Known models: {known}.")


def _line(card: ModelCard) -> str:
    millions = sum(part.parameters for part in card.parts) / 1e6
    return f"{card.name:<12} {len(card.parts)} denoisers, {millions:.1f} million parameters. {card.about}"


def described(card: ModelCard) -> str:
    """A whole card for people."""
    lines = [card.title, card.about, f"Licence: {card.licence}", f"Trained: {card.trained}"]
    lines += [f"Phrase weight: {card.default_weight:g}", "", "Denoisers"]
    lines += [
        f"  {part.name:<10} {part.size}x{part.size}, noise {part.sigma_max:g} to {part.sigma_min:.3g}, "
        f"{part.parameters / 1e6:.1f} million parameters. {part.about}"
        for part in card.parts
    ]
    lines += ["", "Words it knows", *(f"  {kind:<8} {', '.join(words)}" for kind, words in card.words.items())]
    if card.figures:
        lines += ["", "Figures", *(f"  {name}: {figure:g}" for name, figure in card.figures.items())]
    return "\n".join(lines)
