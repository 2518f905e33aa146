"""What is told about exceptions of every kind."""

from __future__ import annotations

import mmap

import numpy as np
import pytest
import torch

from engine.api.errors import NodeError, ProblemCode
from engine.conditioning.brief import BriefError
from engine.runtime.faults import is_out_of_memory, problem_of


def caught(error: BaseException) -> BaseException:
    try:
        raise error
    except BaseException as raised:  # noqa: BLE001
        return raised


@pytest.mark.parametrize("hoard", [lambda: torch.empty(10**15), lambda: np.empty(10**15), lambda: bytearray(10**15)])
def test_running_out_of_memory_is_known_in_all_its_forms(hoard: object) -> None:
    assert callable(hoard)
    with pytest.raises((MemoryError, RuntimeError)) as raised:
        hoard()
    assert is_out_of_memory(raised.value)
    problem = problem_of(raised.value, "Denoise")
    assert (problem.code, str(problem)) == (
        ProblemCode.OUT_OF_MEMORY,
        "Denoise ran out of memory. Make the picture smaller.",
    )
    assert str(raised.value) in problem.details


@pytest.mark.parametrize(
    "error",
    [
        torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB. GPU 0 has a total capacity of 1 GiB."),
        RuntimeError("CUDA error: out of memory\nCompile with TORCH_USE_CUDA_DSA to enable device-side assertions."),
        RuntimeError("CUDA error: CUBLAS_STATUS_ALLOC_FAILED when calling `cublasCreate(handle)`"),
    ],
    ids=("allocator", "driver", "library"),
)
def test_a_card_that_runs_out_of_memory_is_named(error: Exception) -> None:
    problem = problem_of(caught(error), "Denoise")
    assert problem.code is ProblemCode.OUT_OF_MEMORY
    assert str(problem) == "Denoise ran out of the graphics card's memory. Make the picture smaller."


def test_a_system_that_grants_no_memory_is_no_trouble_with_a_file() -> None:
    with pytest.raises(OSError, match="allocate") as raised:
        mmap.mmap(-1, 2**46)
    assert problem_of(raised.value, "Denoise").code is ProblemCode.OUT_OF_MEMORY


def test_other_runtime_errors_are_no_lack_of_memory() -> None:
    with pytest.raises(RuntimeError) as raised:
        torch.zeros(2) @ torch.zeros(3)
    assert not is_out_of_memory(raised.value)
    problem = problem_of(raised.value, "Denoise")
    assert problem.code is ProblemCode.UNEXPECTED
    assert "\n" not in problem.sentence


@pytest.mark.parametrize(
    ("error", "code", "sentence", "advice"),
    [
        (NodeError("It is dry.", "Wet it."), ProblemCode.NODE, "It is dry.", "Wet it."),
        (BriefError("sigma is -1; choose more"), ProblemCode.NODE, "sigma is -1; choose more.", ""),
        (KeyError("x"), ProblemCode.UNEXPECTED, "Denoise stopped with KeyError: 'x'.", None),
        (ValueError(""), ProblemCode.UNEXPECTED, "Denoise stopped with ValueError: no further words.", None),
    ],
)
def test_each_kind_has_its_sentence(error: Exception, code: ProblemCode, sentence: str, advice: str | None) -> None:
    problem = problem_of(caught(error), "Denoise")
    assert (problem.code, problem.sentence) == (code, sentence)
    assert problem.advice == advice if advice is not None else problem.advice
    assert "Traceback" in problem.details


def test_a_file_is_named() -> None:
    with pytest.raises(OSError, match="nowhere") as raised:
        open("/nowhere/at/all")  # noqa: SIM115, PTH123
    problem = problem_of(raised.value, "Load Image")
    assert problem.code is ProblemCode.FILE
    assert problem.sentence == "Load Image could not use the file /nowhere/at/all: No such file or directory."
