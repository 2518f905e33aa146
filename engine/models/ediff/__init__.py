"""The eDiff-I family: pixel-space denoisers conditioned on CLIP text, T5 text and a CLIP picture."""
