"""The noise timeline: who draws at which noise, to be seen and moved."""
