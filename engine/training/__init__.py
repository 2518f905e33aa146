"""Training of Storybook: the drawn world, the trainer, the judge and the evaluations."""
