"""Figures about this program on this machine, that anyone can measure again: graphs, start, renders."""
