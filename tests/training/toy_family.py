"""A plan of a family so small that a CPU trains it in seconds."""

from __future__ import annotations

from pathlib import Path

CONTEXT = """
[network.context]
clip_tokens = 12
clip_width = 16
t5_tokens = 14
t5_width = 16
image_width = 16
"""
REST = """
[optimisation]
batch = 2
rate = 1e-3
steps = 2
warmup = 0
[data]
kind = "world"
vocabulary = "family"
reuse = 2
"""
NETWORK = """
size = 16
channels = 16
channel_multipliers = [1]
residual_blocks = 1
self_attention_sides = []
cross_attention_sides = [16]
head_channels = 8
"""
FILES = {
    "plan.toml": """
name = "family"
minutes = 1.0
world = "family"
encoders = "encoders.toml"
trees = ["tree.toml", "sr.toml", "large.toml"]
card = "card.toml"
[judge]
minutes = 0.01
batch = 4
held_out = 4
[choice]
tree = "base"
shared = "base"
batch = 2
batches = 1
[[choice.candidates]]
high = "high-3"
middle = "middle-3"
[[choice.candidates]]
high = "high-9"
middle = "middle-9"
""",
    "encoders.toml": """
world = "family"
minutes = 0.01
clip_vocabulary = 600
t5_vocabulary = 300
clip_tokens = 12
t5_tokens = 14
width = 16
layers = 1
picture_size = 32
patch = 16
corpus = 200
t5_batch = 4
clip_batch = 4
clip_reuse = 2
lessons = "family-primer"
""",
    "base.toml": f'name = "base"\n[network]{NETWORK}{CONTEXT}{REST}',
    "tree.toml": """
name = "base"
configuration = "base.toml"
[[models]]
name = "base"
expert = [0, 0]
[[models]]
name = "high-3"
expert = [3, 7]
start_from = "base"
[[models]]
name = "high-9"
expert = [9, 511]
start_from = "high-3"
[[models]]
name = "low"
expert = [3, 0]
start_from = "base"
[[models]]
name = "middle-3"
without = [[3, 7], [3, 0]]
start_from = "base"
[[models]]
name = "middle-9"
without = [[9, 511], [3, 0]]
start_from = "base"
[ensembles]
config-a = ["base"]
config-d-9 = ["high-9", "middle-9", "low"]
""",
    "sr.toml": f"""
name = "sr"
[degradation]
kind = "light"
size = 8
[network]
low_resolution = true
residual_std = 0.15
{NETWORK}{CONTEXT}{REST}""",
    "large.toml": f"""
name = "large"
picture_size = 32
[degradation]
kind = "light"
size = 16
[network]
low_resolution = true
{NETWORK}{CONTEXT}{REST}""",
    "card.toml": """
title = "Miniature"
about = "Seconds of training."
licence = "none"
trained = "Hardly."
default_weight = 1.0
"""
    + "".join(
        f'[parts.{name}]\nrun = "{run}"\ntitle = "{name}"\nabout = "A part."\n'
        for name, run in (
            ("base", "base/base"), ("high", "base/high"), ("middle", "base/middle"), ("low", "base/low"),
            ("upscaler", "sr"), ("enlarger", "large"),
        )
    ),
}  # fmt: skip


def write_plan(folder: Path) -> Path:
    """Write the plan with its files and return it."""
    for name, text in FILES.items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder / "plan.toml"
