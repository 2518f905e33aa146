"""The graph an artist builds: its values, its problems, how it becomes a plan, and how it is written down."""
