"""The kinds of things that can be wrong with a graph. Scripts may rely on these words."""

from enum import Enum


class Code(Enum):
    """What kind of problem it is."""

    UNKNOWN_TYPE = "unknown-type"
    NEWER_NODE = "newer-node"
    DUPLICATE_ID = "duplicate-id"
    MISSING_INPUT = "missing-input"
    MISTYPED_INPUT = "mistyped-input"
    UNKNOWN_PORT = "unknown-port"
    UNKNOWN_PARAMETER = "unknown-parameter"
    DANGLING_LINK = "dangling-link"
    DUPLICATE_LINK = "duplicate-link"
    TWO_WIRES = "two-wires"
    CYCLE = "cycle"
    WRONG_TYPE = "wrong-type"
    OUT_OF_RANGE = "out-of-range"
    BAD_CHOICE = "bad-choice"
    BAD_REFERENCE = "bad-reference"
    MISSING_FILE = "missing-file"
    MISSING_MODEL = "missing-model"
    BROKEN_PHRASE = "broken-phrase"
    CONTRADICTION = "contradiction"
    UNKNOWN_COMPONENT = "unknown-component"
    UNKNOWN_TARGET = "unknown-target"
    NO_TARGET = "no-target"
    TOO_LARGE = "too-large"
