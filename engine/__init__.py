"""Turns a plan into pictures: diffusion mathematics, models, training, and the process that runs them."""
