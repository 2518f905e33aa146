"""Nodes that hold words."""

from __future__ import annotations

from engine.api.errors import NodeError
from engine.conditioning.brief import PromptText, SwitchedPrompt
from engine.conditioning.picture import Prompt
from engine.runtime.context import Context
from engine.runtime.items import Items


def prompt(context: Context, *, text: str) -> PromptText:
    """The sentence that says what the picture shows."""
    return PromptText(text)


def negative_prompt(context: Context, *, text: str) -> PromptText:
    """What guidance leads away from."""
    return PromptText(text)


def prompt_switch(context: Context, *, first: Prompt, second: Prompt, at: float) -> SwitchedPrompt:
    """One prompt for the fraction `at` of the steps, another after (eDiff-I fig. 4)."""
    if isinstance(first, SwitchedPrompt) or isinstance(second, SwitchedPrompt):
        raise NodeError("A prompt can switch only once.", "Wire plain prompts to this node.")
    return SwitchedPrompt(first.text, second.text, at)


def text_list(context: Context, *, texts: str) -> Items:
    """The lines of a text that are not blank, as a list."""
    lines = tuple(line.strip() for line in texts.splitlines() if line.strip())
    if not lines:
        raise NodeError("The list of texts is empty.", "Write one text a line.")
    return Items(lines, lines)
