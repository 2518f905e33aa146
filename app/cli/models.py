"""`sinopia models`: what each model is, which parts it has, and which words it knows, read from its card."""

from __future__ import annotations

import argparse
from pathlib import Path

import msgspec

from app.cli.errors import CommandError, Exit, UsageError
from app.cli.json_text import json_text
from app.cli.places import RESOURCES
from app.cli.terminal import say
from engine.api.cards import ModelCard

CARD = "model.json"
ACTIONS = ("list", "info", "add", "remove")


def declare(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `models`."""
    parser.add_argument("action", choices=ACTIONS, metavar="ACTION", help=", ".join(ACTIONS))
    parser.add_argument("name", nargs="?", help="the model, for info and remove; a file or folder, for add")
    parser.add_argument("--json", action="store_true", help="print the cards as JSON")


def run(arguments: argparse.Namespace) -> int:
    """List models or tell of one."""
    cards = read_cards(RESOURCES)
    if arguments.action == "list":
        say(json_text(cards) if arguments.json else "\n".join(map(_line, cards)) or "There are no models.")
        return Exit.DONE
    if arguments.name is None:
        raise UsageError(f"`sinopia models {arguments.action}` needs a name.", "See `sinopia models list`.")
    if arguments.action != "info":
        raise _fixed(arguments.action, arguments.name, cards)
    card = _named(arguments.name, cards)
    say(json_text(card) if arguments.json else described(card))
    return Exit.DONE


def read_cards(folder: Path) -> tuple[ModelCard, ...]:
    """The cards of all models below `folder`, by name.

    Raises:
        CommandError: a card is damaged.
    """
    return tuple(_read(file) for file in sorted(folder.glob(f"*/{CARD}")))


def _read(file: Path) -> ModelCard:
    try:
        return msgspec.json.decode(file.read_bytes(), type=ModelCard)
    except (OSError, msgspec.DecodeError) as error:
        raise CommandError(f"{file}: the model card cannot be read ({error}).", "Fetch this model again.") from error


def _fixed(action: str, name: str, cards: tuple[ModelCard, ...]) -> CommandError:
    """Models of other families cannot be loaded by this version, so there is nothing to add them to."""
    if action == "add":
        return CommandError(
            f"{name} was not added: this version draws with the models that come with it and loads no others yet.",
            "See `sinopia models list`.",
        )
    card = _named(name, cards)
    return CommandError(f"{card.title} comes with the program and is not removed alone.", "Delete the program instead.")


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
