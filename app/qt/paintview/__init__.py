"""The painting view: the picture, the phrases painted over it, and the gestures that paint them."""
