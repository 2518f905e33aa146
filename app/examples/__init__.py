"""The example projects, made by program: `python -m app.examples` writes them into resources/examples."""
