"""The generative ODE of eDiff-I eq. 2 and everything that solves it: denoisers, noise levels, experts, samplers."""
