"""Painting without a window: masks made of tiles, brushes and strokes, shapes, and what comes in and goes out."""
