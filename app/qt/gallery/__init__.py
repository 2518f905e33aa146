"""The gallery: kept pictures in a grid, looked at large, compared, and taken up again."""
