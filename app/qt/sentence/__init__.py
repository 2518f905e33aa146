"""The sentences of a picture: what is written, what a model makes of its words, and the lines for further prompts."""
