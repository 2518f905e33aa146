"""X-ray: where the model looked for a phrase, over the picture."""
