"""How the text encoders of a model cut a sentence into tokens; the only place outside the engine that does so."""
