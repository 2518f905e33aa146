"""What the family's world shows and the words for it."""

from __future__ import annotations

from types import MappingProxyType

from engine.training.world.vocabulary import Entry, Noun, Vocabulary

# name, emoji, synonyms
THINGS = """
cat 🐈 kitty
dog 🐕 hound
horse 🐎 pony
cow 🐄
pig 🐖 hog
sheep 🐑
goat 🐐
rabbit 🐇 bunny
mouse 🐁
elephant 🐘
giraffe 🦒
lion 🦁 lion head
tiger 🐅
leopard 🐆
zebra 🦓
monkey 🐒
gorilla 🦍 ape
bear 🐻 bear head
panda 🐼 panda bear
koala 🐨 koala bear
fox 🦊 fox head
wolf 🐺 wolf head
hedgehog 🦔
squirrel 🐿
kangaroo 🦘
camel 🐫
deer 🦌 stag
rhinoceros 🦏 rhino
hippopotamus 🦛 hippo
crocodile 🐊 alligator
turtle 🐢 tortoise
snake 🐍 serpent
dragon 🐉
dinosaur 🦕 sauropod
frog 🐸
whale 🐳
dolphin 🐬
shark 🦈
octopus 🐙
crab 🦀
lobster 🦞
fish 🐟
snail 🐌
butterfly 🦋
bee 🐝 honeybee
ladybird 🐞 ladybug
spider 🕷
penguin 🐧
owl 🦉
duck 🦆 mallard
swan 🦢
flamingo 🦩
parrot 🦜
peacock 🦚
rooster 🐓 cockerel
turkey 🦃
eagle 🦅
bat 🦇
unicorn 🦄 unicorn head
llama 🦙
sloth 🦥
otter 🦦
badger 🦡
tree 🌳 oak tree
fir tree 🌲 pine tree
palm tree 🌴 palm
cactus 🌵
sunflower 🌻
rose 🌹
tulip 🌷
mushroom 🍄 toadstool
maple leaf 🍁
clover 🍀 four-leaf clover
apple 🍎
pear 🍐
lemon 🍋
banana 🍌
watermelon 🍉 slice of melon
strawberry 🍓
cherry 🍒
pineapple 🍍
pumpkin 🎃 jack-o'-lantern
carrot 🥕
corn cob 🌽 ear of corn
loaf 🍞 loaf of bread
cheese wedge 🧀
pizza 🍕 slice of pizza
hamburger 🍔 burger
cake 🎂 birthday cake
ice cream 🍦 soft ice
doughnut 🍩 donut
castle 🏰
house 🏠 cottage
church ⛪ chapel
tent ⛺
ferris wheel 🎡 big wheel
boat ⛵ sailboat
ship 🚢 ocean liner
car 🚗 automobile
bus 🚌 coach
train 🚂 steam train
tractor 🚜
bicycle 🚲 bike
motorbike 🏍 motorcycle
helicopter 🚁
rocket 🚀 spaceship
balloon 🎈
umbrella ☂ parasol
anchor ⚓
key 🔑
light bulb 💡
candle 🕯
clock 🕰 mantel clock
book 📕
guitar 🎸 electric guitar
violin 🎻 fiddle
trumpet 🎺
drum 🥁
bell 🔔
crown 👑
top hat 🎩
boot 🥾 hiking boot
gift 🎁 present
teddy bear 🧸
robot 🤖
snowman ⛄
ghost 👻
football ⚽ soccer ball
kite 🪁
camera 📷
telescope 🔭
telephone ☎ phone
television 📺
chair 🪑
door 🚪
hammer 🔨
sword 🗡 dagger
shield 🛡
scissors ✂
diamond 💎 gem
globe 🌍 planet
stone head 🗿 moai
hourglass ⏳
star ⭐
cup ☕ cup of coffee
wine glass 🍷 glass of wine
trophy 🏆
shell 🐚 seashell
bone 🦴
"""
GLYPHS = frozenset("☂☎✂⚓⚽⛄⛪⛵⛺⏳☕⭐")
IRREGULAR = MappingProxyType(
    {
        "mouse": "mice", "sheep": "sheep", "deer": "deer", "fish": "fish", "scissors": "scissors", "wolf": "wolves",
        "leaf": "leaves", "loaf": "loaves", "octopus": "octopuses", "cactus": "cacti", "snowman": "snowmen",
        "hippopotamus": "hippopotamuses", "rhinoceros": "rhinoceroses", "slice of melon": "slices of melon",
        "ear of corn": "ears of corn", "loaf of bread": "loaves of bread", "slice of pizza": "slices of pizza",
        "cup of coffee": "cups of coffee", "glass of wine": "glasses of wine", "hippo": "hippos", "rhino": "rhinos",
        "soft ice": "soft ices", "moai": "moai",
    }
)  # fmt: skip


def plural(words: str) -> str:
    """The plural of a noun's words: "two owls", "two butterflies"."""
    if words in IRREGULAR:
        return IRREGULAR[words]
    lead, space, last = words.rpartition(" ")
    if last in IRREGULAR:
        return lead + space + IRREGULAR[last]
    if last.endswith("y") and last[-2] not in "aeiou":
        return words[:-1] + "ies"
    return words + ("es" if last.endswith(("s", "x", "ch", "sh")) else "s")


def is_glyph(word: str) -> bool:
    """Whether a word is an emoji."""
    return word in GLYPHS or ord(word[0]) > 0x1F000


def noun_of(line: str) -> Noun:
    """A noun from "name glyph synonym"."""
    words = line.split(" ")
    at = next(i for i, word in enumerate(words) if is_glyph(word))
    name, synonym = " ".join(words[:at]), " ".join(words[at + 1 :])
    return Noun(name, words[at], (name, synonym) if synonym else (name,))


COLOURS = MappingProxyType(
    {
        "red": (0.86, 0.11, 0.13), "orange": (0.98, 0.52, 0.07), "yellow": (0.98, 0.84, 0.12),
        "green": (0.16, 0.62, 0.25), "blue": (0.14, 0.36, 0.86), "purple": (0.52, 0.20, 0.72),
        "pink": (0.98, 0.48, 0.70), "white": (0.93, 0.93, 0.92),
    }
)  # fmt: skip

FAMILY = Vocabulary(
    nouns=tuple(noun_of(line) for line in THINGS.strip().splitlines()),
    skies=(
        Entry("day", ("blue sky", "day sky", "bright blue sky", "blue sky with clouds")),
        Entry("night", ("night sky", "starry sky", "starry night", "moonlit sky")),
        Entry("sunset", ("sunset sky", "sunset", "evening sky")),
        Entry("storm", ("stormy sky", "storm", "grey sky", "rainy sky")),
        Entry("dawn", ("dawn sky", "morning sky", "pastel sky")),
        Entry("rainbow", ("rainbow sky", "rainbow", "sky with a rainbow")),
        Entry("aurora", ("aurora sky", "northern lights", "sky with northern lights")),
        Entry("mist", ("misty sky", "fog", "mist", "foggy sky")),
    ),
    grounds=(
        Entry("meadow", ("meadow", "grass", "flower meadow", "grassland")),
        Entry("desert", ("sand", "desert sand", "sand dunes")),
        Entry("snow", ("snow", "snowy ground", "snowfield")),
        Entry("sea", ("sea", "water", "ocean", "waves")),
        Entry("leaves", ("autumn leaves", "fallen leaves", "leafy forest floor")),
        Entry("cobbles", ("cobblestones", "paving stones", "cobbled street")),
        Entry("wheat", ("wheat field", "field of wheat")),
        Entry("lava", ("lava", "volcanic rocks", "glowing lava")),
    ),
    styles=(
        Entry("flat", ("flat illustration", "flat colours", "poster")),
        Entry("watercolour", ("watercolour", "watercolour painting", "soft watercolour")),
        Entry("oil", ("oil painting", "oil strokes", "thick oil paint")),
        Entry("ink", ("ink drawing", "pen and ink", "ink lines")),
        Entry("neon", ("neon lights", "neon sign", "neon glow")),
        Entry("sepia", ("sepia photograph", "sepia", "old photograph")),
        Entry("pixel", ("pixel art", "pixels", "video game pixels")),
        Entry("paper", ("paper cut-out", "cut paper", "paper collage")),
        Entry("glass", ("stained glass", "stained glass window", "leaded glass")),
        Entry("chalk", ("chalk drawing", "chalk on a blackboard", "blackboard chalk")),
        Entry("woodcut", ("woodcut", "woodblock print", "wood engraving")),
        Entry("glow", ("night glow", "glowing light", "soft glow")),
    ),
    tones=(
        Entry("neutral", ()),
        Entry("warm", ("warm colours", "warm tones")),
        Entry("cold", ("cold colours", "cool tones")),
        Entry("golden", ("golden light", "golden colours")),
        Entry("rose", ("rose colours", "rosy light")),
        Entry("free", ()),
    ),
)
