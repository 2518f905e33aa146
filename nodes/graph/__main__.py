"""Prints the JSON schema of graph files: python -m nodes.graph > resources/docs/graph.schema.json."""

import sys

from nodes.graph.codec import schema

sys.stdout.buffer.write(schema())
