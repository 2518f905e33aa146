"""The node canvas: a view of the graph, and the gestures that edit it."""
