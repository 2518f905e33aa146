"""One class per gesture: what happens from the press of a hand to its release."""
