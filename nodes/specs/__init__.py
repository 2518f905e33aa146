"""The declarations of the built-in nodes, one file per family."""

from nodes.specs import flow, image, models, reference, regions, sampling, text

BUILT_IN = (
    *text.SPECS,
    *regions.SPECS,
    *reference.SPECS,
    *models.SPECS,
    *sampling.SPECS,
    *image.SPECS,
    *flow.SPECS,
)
