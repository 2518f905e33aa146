"""Defaults that were calibrated by measurement, shared by the declarations, the studio and the evaluations."""

PHRASE_WEIGHT = 1.0
"""The weight w' of paint-with-words, chosen by the rule of the layout evaluation."""

PHRASE_REPEL = 0.5
"""How strongly a painted phrase is pushed out of the unpainted part. Half raises Storybook's swap test by 0.06 above
none, and full raises it no further (layout-ablations)."""

LAYOUT_WEIGHTS = (0.0, 0.5, 1.0)
"""The weights w' among which the layout evaluation chooses."""
