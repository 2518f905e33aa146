"""Prints the reference of the built-in nodes: python -m nodes.specs > resources/docs/nodes.md."""

import sys

from nodes.specs import BUILT_IN
from nodes.specs.page import reference_page

sys.stdout.buffer.write(reference_page(BUILT_IN).encode())
