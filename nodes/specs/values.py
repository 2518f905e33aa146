"""Whether a value suits a parameter, and if not, what to tell."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import msgspec

from engine.api.plan import Json
from nodes.specs.codes import Code
from nodes.specs.declare import LARGEST_SEED, Kind, Parameter, PhraseLayerValue
from nodes.specs.references import name_fault, reference_fault

LONGEST_LIST = 256


@dataclass(frozen=True)
class ValueFault:
    """What is wrong with a value: a clause without a subject or a full stop, and what to do."""

    code: Code
    message: str


def value_fault(parameter: Parameter, value: Json) -> ValueFault | None:
    """Say what makes `value` unfit for `parameter`; None when it fits."""
    if value is None and parameter.optional:
        return None
    return _CHECKS[parameter.kind](parameter, value)


def shown(value: object) -> str:
    """A value as messages show it: short, and one can tell text from number."""
    if isinstance(value, str):
        return f"“{value}”" if len(value) <= 58 else f"“{value[:56]}…”"
    if isinstance(value, int) and value.bit_length() > 200:
        text = f"a number of {value.bit_length()} bits"  # Python refuses to write very long ones
    else:
        text = _JSON_WORDS.get(repr(value)) or str(value)
    return text if len(text) <= 60 else f"{text[:57]}…"


_JSON_WORDS: Mapping[str, str] = {"None": "null", "True": "true", "False": "false"}


def _integer(parameter: Parameter, value: Json) -> ValueFault | None:
    if isinstance(value, bool) or not isinstance(value, int):
        return _wrong(value, "a whole number")
    return _range(parameter, value)


def _number(parameter: Parameter, value: Json) -> ValueFault | None:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return _wrong(value, "a number")
    return _range(parameter, value)


def _boolean(parameter: Parameter, value: Json) -> ValueFault | None:
    return None if isinstance(value, bool) else _wrong(value, "true or false")


def _text(parameter: Parameter, value: Json) -> ValueFault | None:
    if not isinstance(value, str):
        return _wrong(value, "a text")
    if parameter.maximum is not None and len(value) > parameter.maximum:
        return ValueFault(Code.OUT_OF_RANGE, f"has {len(value)} characters; keep at most {_bound(parameter.maximum)}")
    if parameter.minimum is not None and len(value.strip()) < parameter.minimum:
        return ValueFault(Code.OUT_OF_RANGE, "is empty; write something")
    return None


def _name(parameter: Parameter, value: Json) -> ValueFault | None:
    fault = _text(parameter, value)
    if fault is None and isinstance(value, str) and (reason := name_fault(value)):
        return ValueFault(Code.BAD_REFERENCE, f"is {shown(value)}, which {reason}; choose a plain file name")
    return fault


def _choice(parameter: Parameter, value: Json) -> ValueFault | None:
    if not isinstance(value, str):
        return _wrong(value, f"one of {', '.join(parameter.choices)}")
    if value not in parameter.choices:
        return ValueFault(Code.BAD_CHOICE, f"is {shown(value)}; choose one of {', '.join(parameter.choices)}")
    return None


def _choices(parameter: Parameter, value: Json) -> ValueFault | None:
    if not isinstance(value, list):
        return _wrong(value, f"a list of some of {', '.join(parameter.choices)}")
    fault = next((fault for entry in value if (fault := _choice(parameter, entry))), None)
    if fault is None and len(set(map(str, value))) < len(value):
        return ValueFault(Code.BAD_CHOICE, "names something twice; name each once")
    return fault


def _numbers(parameter: Parameter, value: Json) -> ValueFault | None:
    if not isinstance(value, list):
        return _wrong(value, "a list of numbers")
    if len(value) > LONGEST_LIST:
        return ValueFault(Code.OUT_OF_RANGE, f"has {len(value)} numbers; keep at most {LONGEST_LIST}")
    return next((fault for entry in value if (fault := _number(parameter, entry))), None)


def _picture(parameter: Parameter, value: Json) -> ValueFault | None:
    if not isinstance(value, str):
        return _wrong(value, "the name of a picture file")
    if not value:
        return ValueFault(Code.MISSING_FILE, "is empty; choose a picture file")
    if reason := reference_fault(value):
        return ValueFault(Code.BAD_REFERENCE, f"is {shown(value)}, which {reason}; add the picture to the project")
    return None


def _phrases(parameter: Parameter, value: Json) -> ValueFault | None:
    if not isinstance(value, list):
        return _wrong(value, "a list of painted phrases")
    if parameter.maximum is not None and len(value) > parameter.maximum:
        return ValueFault(Code.OUT_OF_RANGE, f"has {len(value)} phrases; keep at most {parameter.maximum:g}")
    try:
        layers = phrase_layers(value)
    except msgspec.ValidationError as error:
        place = str(error).partition(" - at ")[2].strip("`$") or "an entry"
        return ValueFault(Code.WRONG_TYPE, f"has something that is no painted phrase at {place}; paint it again")
    return next(_layer_faults(layers), None)


def phrase_layers(value: Json) -> tuple[PhraseLayerValue, ...]:
    """The entries of a parameter of kind `PHRASES`. Raises msgspec.ValidationError for anything else."""
    return msgspec.convert(value, tuple[PhraseLayerValue, ...])


def _layer_faults(layers: Sequence[PhraseLayerValue]) -> Iterator[ValueFault]:
    for name, count in Counter(layer.id for layer in layers).items():
        if count > 1:
            yield ValueFault(Code.DUPLICATE_ID, f"has {count} layers with the id {shown(name)}; keep one of them")
    for layer in layers:
        yield from _single_layer_faults(layer, f"has a layer for {shown(layer.phrase)} whose")


def _single_layer_faults(layer: PhraseLayerValue, owner: str) -> Iterator[ValueFault]:
    if not 0 <= layer.start < layer.end or layer.end - layer.start != len(layer.phrase):
        told = f"{owner} words are said to be characters {layer.start} to {layer.end}; select the words again"
        yield ValueFault(Code.BROKEN_PHRASE, told)
    if reason := reference_fault(layer.mask):
        yield ValueFault(Code.BAD_REFERENCE, f"{owner} mask is {shown(layer.mask)}, which {reason}; paint it again")
    if not (math.isfinite(layer.strength) and 0.0 <= layer.strength <= 100.0):
        yield ValueFault(Code.OUT_OF_RANGE, f"{owner} strength is {layer.strength:g}; choose from 0 to 100")
    for name in ("repel", "begin", "finish"):
        if not 0.0 <= getattr(layer, name) <= 1.0:
            yield ValueFault(Code.OUT_OF_RANGE, f"{owner} {name} is {getattr(layer, name):g}; choose from 0 to 1")
    if layer.noise_seed is not None and not 0 <= layer.noise_seed <= LARGEST_SEED:
        told = f"{owner} noise seed is {layer.noise_seed}; choose from 0 to {LARGEST_SEED}"
        yield ValueFault(Code.OUT_OF_RANGE, told)
    if layer.begin > layer.finish:
        yield ValueFault(Code.CONTRADICTION, f"{owner} begin comes after its finish; choose begin up to finish")


def _range(parameter: Parameter, value: float) -> ValueFault | None:
    low, high = parameter.minimum, parameter.maximum
    # Written so that NaN, of which every comparison is false, is refused too.
    if (low is None or value >= low) and (high is None or value <= high) and abs(value) < math.inf:
        return None
    unit = f" {parameter.unit}" if parameter.unit else ""
    return ValueFault(Code.OUT_OF_RANGE, f"is {shown(value)}{unit}; choose {_range_in_words(low, high)}")


def _range_in_words(low: float | None, high: float | None) -> str:
    if low is not None and high is not None:
        return f"from {_bound(low)} to {_bound(high)}"
    if low is not None:
        return f"at least {_bound(low)}"
    return "a finite number" if high is None else f"at most {_bound(high)}"


def _bound(value: float) -> str:
    return str(value) if isinstance(value, int) else f"{value:g}"


def _wrong(value: Json, wanted: str) -> ValueFault:
    return ValueFault(Code.WRONG_TYPE, f"is {shown(value)}; it must be {wanted}")


_CHECKS: Mapping[Kind, Callable[[Parameter, Json], ValueFault | None]] = {
    Kind.INTEGER: _integer,
    Kind.SEED: _integer,
    Kind.NUMBER: _number,
    Kind.BOOLEAN: _boolean,
    Kind.TEXT: _text,
    Kind.LINES: _text,
    Kind.NAME: _name,
    Kind.CHOICE: _choice,
    Kind.CHOICES: _choices,
    Kind.NUMBERS: _numbers,
    Kind.PICTURE: _picture,
    Kind.PHRASES: _phrases,
}
