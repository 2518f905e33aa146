"""Every declared node has a run function that takes exactly what is declared."""

import inspect

import pytest

from engine.runtime.functions import FunctionTable
from nodes.specs import BUILT_IN
from nodes.specs.declare import Spec


@pytest.mark.parametrize("spec", BUILT_IN, ids=lambda spec: spec.type)
def test_a_run_function_takes_what_its_node_declares(spec: Spec) -> None:
    function = FunctionTable().find(spec.run)
    context, *arguments = inspect.signature(function.call).parameters.values()
    declared = [port.name for port in spec.inputs] + [parameter.name for parameter in spec.parameters]
    assert context.name == "context"
    assert sorted(argument.name for argument in arguments) == sorted(set(declared))
    assert all(argument.kind is inspect.Parameter.KEYWORD_ONLY for argument in arguments)
    assert all(argument.default is inspect.Parameter.empty for argument in arguments)


@pytest.mark.parametrize("spec", BUILT_IN, ids=lambda spec: spec.type)
def test_a_run_function_lies_in_the_file_of_its_family(spec: Spec) -> None:
    assert spec.run.startswith(f"nodes.impl.{spec.family}:")
