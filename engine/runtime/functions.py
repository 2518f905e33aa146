"""Run functions: found by name when first needed, and called with what a step declares."""

from __future__ import annotations

import importlib
import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from engine.api.errors import NodeError, RunFunctionError
from engine.api.plan import Step


@dataclass(frozen=True, slots=True)
class RunFunction:
    """A function and the names that it insists on."""

    call: Callable[..., Any]
    required: frozenset[str]


class FunctionTable:
    """Resolves "package.module:function" and remembers it."""

    def __init__(self) -> None:
        self._known: dict[str, RunFunction] = {}

    def find(self, name: str) -> RunFunction:
        """The function called `name`; RunFunctionError when there is none. Its module is imported on first use."""
        found = self._known.get(name)
        if found is None:
            found = self._known[name] = _resolve(name)
        return found


def arguments_of(step: Step, function: RunFunction, inputs: Mapping[str, object]) -> dict[str, object]:
    """Keyword arguments: parameters, then what is wired in (over a parameter of that name), None or () for the rest."""
    given = {**step.params, **inputs}
    for name in function.required - given.keys():
        given[name] = () if name in step.many else None
    return given


def outputs_of(step: Step, value: Any) -> tuple[object, ...]:
    """What a run function returned, as one value for each declared output."""
    if len(step.outputs) == 1:
        return (value,)
    given = () if value is None else value
    if not isinstance(given, tuple) or len(given) != len(step.outputs):
        count = len(given) if isinstance(given, tuple) else 1
        raise NodeError(
            f"{step.title} declares {len(step.outputs)} outputs but returned {count}.",
            f"Report this to whoever wrote the node type {step.type}.",
        )
    return given


def _resolve(name: str) -> RunFunction:
    module_name, _, attribute = name.partition(":")
    advice = "Install the package that brings this node type, or remove the node."
    try:
        call = getattr(importlib.import_module(module_name), attribute)
    except ModuleNotFoundError as error:
        raise RunFunctionError(f"The module {error.name!r}, needed by {name!r}, is not installed.", advice) from error
    except AttributeError as error:
        raise RunFunctionError(f"The module {module_name!r} has no function {attribute!r}.", advice) from error
    return RunFunction(call, _required(call))


def _required(call: Callable[..., Any]) -> frozenset[str]:
    parameters = list(inspect.signature(call).parameters.values())[1:]
    wanted = (inspect.Parameter.KEYWORD_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
    return frozenset(each.name for each in parameters if each.kind in wanted and each.default is each.empty)
