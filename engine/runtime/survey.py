"""How large a result is, and whether all its numbers are finite: one walk over nested values answers both.

Arrays and tensors are told by what they offer, so that looking at a text imports neither numpy nor torch.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

# What Python itself needs for a small object; the arrays behind it count exactly.
SMALL = 56


@dataclass(frozen=True, slots=True)
class Survey:
    """`plain` bytes belong to this value alone; `buffers` (identity to bytes) may be shared with other values.

    `flaw` says in words which numbers are not finite; None when all are.
    """

    plain: int
    buffers: Mapping[int, int]
    flaw: str | None


def survey(value: object) -> Survey:
    """Walk `value` (iteratively; what it holds twice counts once)."""
    plain, buffers, flaw = 0, {}, None
    seen: set[int] = set()
    pending = [value]
    while pending:
        part = pending.pop()
        kind = type(part)
        if kind is float:
            plain += SMALL
            flaw = flaw or _float_flaw(part)
        elif kind in _ATOMS:
            plain += sys.getsizeof(part)
        elif id(part) not in seen:
            seen.add(id(part))
            buffer = _buffer(part)
            if buffer is None:
                plain += SMALL
                pending.extend(_children(part))
            else:
                buffers[buffer[0]] = buffer[1]
                flaw = flaw or _array_flaw(part)
    return Survey(plain, buffers, flaw)


_ATOMS = frozenset({int, bool, str, bytes, type(None), complex})


def _float_flaw(number: Any) -> str | None:
    return None if math.isfinite(number) else f"the number {number}"


def _buffer(part: Any) -> tuple[int, int] | None:
    """Identity and bytes of the memory behind an array or a tensor: a small view keeps all of it alive."""
    if hasattr(part, "untyped_storage"):
        storage = part.untyped_storage()
        return storage.data_ptr() or id(part), storage.nbytes()
    if hasattr(part, "dtype") and hasattr(part, "nbytes"):
        while getattr(part, "base", None) is not None and hasattr(part.base, "nbytes"):
            part = part.base
        return id(part), int(part.nbytes)
    return None


def _array_flaw(array: Any) -> str | None:
    wrong, size = _count_not_finite(array)
    return f"{wrong} of {size} numbers that are NaN or infinite" if wrong else None


def _count_not_finite(array: Any) -> tuple[int, int]:
    if hasattr(array, "untyped_storage"):
        if not (array.is_floating_point() or array.is_complex()):
            return 0, array.numel()
        wrong = array.numel() - int(sys.modules["torch"].isfinite(array).sum())
        return wrong, array.numel()
    if array.dtype.kind not in "fc":
        return 0, array.size
    return array.size - int(sys.modules["numpy"].isfinite(array).sum()), array.size


def _children(part: Any) -> Iterator[object]:
    if isinstance(part, Mapping):
        yield from part.keys()
        yield from part.values()
    elif isinstance(part, (tuple, list, set, frozenset)):
        yield from part
    else:
        names = getattr(part, "__dataclass_fields__", ()) or getattr(part, "__struct_fields__", ())
        yield from (getattr(part, name) for name in names)
