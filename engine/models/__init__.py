"""Models: loading, catalogues and networks of the denoiser families."""
