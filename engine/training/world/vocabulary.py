"""What the drawn world can show and the words for it: frozen data, no code.

The first word of every entry is its plain name in captions; the others are synonyms that captions use now and then.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Noun:
    """An object with its sprite: one character of the emoji font."""

    name: str
    emoji: str
    words: tuple[str, ...]


@dataclass(frozen=True)
class Entry:
    """A sky, ground, style or tone with the words that captions use for it (style and tone may stay unsaid)."""

    name: str
    words: tuple[str, ...]


WORD_KINDS = ("object", "sky", "ground", "style", "tone")


@dataclass(frozen=True)
class Vocabulary:
    """All that a drawn world knows."""

    nouns: tuple[Noun, ...]
    skies: tuple[Entry, ...]
    grounds: tuple[Entry, ...]
    styles: tuple[Entry, ...]
    tones: tuple[Entry, ...]

    def noun(self, name: str) -> Noun:
        """The thing of this name. Raises StopIteration where there is none."""
        return next(noun for noun in self.nouns if noun.name == name)

    def index(self, kind: str, name: str) -> int:
        """Position of `name` among the entries of `kind` ("object", "sky", "ground", "style" or "tone")."""
        return self.names(kind).index(name)

    def names(self, kind: str) -> tuple[str, ...]:
        """The names of the entries of a kind, in their order."""
        return tuple(entry.name for entry in self.entries(kind))

    def entries(self, kind: str) -> tuple[Noun | Entry, ...]:
        """What it knows of a kind, one of `WORD_KINDS`."""
        match kind:
            case "object":
                return self.nouns
            case "sky":
                return self.skies
            case "ground":
                return self.grounds
            case "style":
                return self.styles
            case "tone":
                return self.tones
        raise KeyError(kind)


VOCABULARY = Vocabulary(
    nouns=(
        Noun("castle", "\U0001f3f0", ("castle", "old castle", "grey castle")),
        Noun("tree", "\U0001f333", ("tree", "green tree", "oak tree")),
        Noun("rabbit", "\U0001f407", ("rabbit", "white rabbit", "bunny")),
        Noun("boat", "⛵", ("boat", "sailing boat", "sailboat")),
        Noun("sunflower", "\U0001f33b", ("sunflower", "yellow sunflower", "yellow flower")),
        Noun("mushroom", "\U0001f344", ("mushroom", "red mushroom", "toadstool")),
        Noun("whale", "\U0001f433", ("whale", "blue whale", "big whale")),
        Noun("pumpkin", "\U0001f383", ("pumpkin", "orange pumpkin", "carved pumpkin")),
        Noun("owl", "\U0001f989", ("owl", "brown owl", "wise owl")),
        Noun("penguin", "\U0001f427", ("penguin", "black penguin", "little penguin")),
        Noun("umbrella", "☂", ("umbrella", "purple umbrella", "open umbrella")),
        Noun("house", "\U0001f3e0", ("house", "little house", "cottage")),
    ),
    skies=(
        Entry("day", ("blue sky", "day sky", "bright blue sky", "blue sky with clouds")),
        Entry("night", ("night sky", "starry sky", "starry night", "moonlit sky")),
        Entry("sunset", ("sunset sky", "sunset", "evening sky", "orange sky")),
        Entry("storm", ("stormy sky", "storm", "grey sky", "rainy sky")),
    ),
    grounds=(
        Entry("meadow", ("meadow", "green grass", "flower meadow", "grass")),
        Entry("desert", ("sand", "yellow sand", "desert sand", "sand dunes")),
        Entry("snow", ("snow", "white snow", "snowy ground", "snowfield")),
        Entry("sea", ("sea", "blue water", "ocean", "waves")),
    ),
    styles=(
        Entry("plain", ("storybook picture", "clear picture", "drawing")),
        Entry("watercolour", ("watercolour", "watercolour painting", "soft watercolour")),
        Entry("glow", ("glowing light", "soft glow", "glowing picture")),
        Entry("paper", ("paper cut-out", "cut paper", "paper collage")),
    ),
    tones=(
        Entry("neutral", ()),
        Entry("warm", ("warm colours", "warm tones")),
        Entry("cold", ("cold colours", "cool tones")),
        Entry("golden", ("golden light", "golden colours")),
        Entry("rose", ("rose colours", "pink light")),
        Entry("free", ()),
    ),
)
