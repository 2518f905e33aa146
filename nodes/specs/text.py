"""Nodes that hold words."""

from nodes.specs.declare import Kind, Parameter, Port, PortType, Spec

LONGEST_TEXT = 10_000

PROMPT = Spec(
    type="sinopia.prompt",
    title="Prompt",
    family="text",
    help="A sentence that says what the picture shows.",
    run="nodes.impl.text:prompt",
    aliases=("text", "sentence", "positive", "conditioning", "clip text encode"),
    outputs=(Port("conditioning", PortType.CONDITIONING, "The sentence, for any denoiser.", texts=("text",)),),
    parameters=(Parameter("text", Kind.TEXT, "", "The sentence. Its phrases can be painted.", maximum=LONGEST_TEXT),),
)

NEGATIVE_PROMPT = Spec(
    type="sinopia.negative-prompt",
    title="Negative Prompt",
    family="text",
    help="Says what the picture should stay away from. Takes the place of the empty sentence in guidance.",
    run="nodes.impl.text:negative_prompt",
    aliases=("negative", "unconditional", "avoid", "without"),
    outputs=(Port("conditioning", PortType.CONDITIONING, "The sentence to stay away from.", texts=("text",)),),
    parameters=(Parameter("text", Kind.TEXT, "", "What to stay away from.", maximum=LONGEST_TEXT),),
)

PROMPT_SWITCH = Spec(
    type="sinopia.prompt-switch",
    title="Prompt Switch",
    family="text",
    help="Follows the first prompt while the layout forms, then the second (eDiff-I, figure 4).",
    run="nodes.impl.text:prompt_switch",
    aliases=("prompt schedule", "from to", "alternate", "edit prompt"),
    inputs=(
        Port("first", PortType.CONDITIONING, "The prompt of the noisy steps."),
        Port("second", PortType.CONDITIONING, "The prompt of the steps after."),
    ),
    outputs=(Port("conditioning", PortType.CONDITIONING, "The prompt that changes.", texts=("first", "second")),),
    parameters=(
        Parameter(
            "at",
            Kind.NUMBER,
            0.5,
            "Where it changes.",
            "Changes at",
            unit="fraction of the steps",
            minimum=0.0,
            maximum=1.0,
        ),
    ),
)

TEXT_LIST = Spec(
    type="sinopia.text-list",
    title="Text List",
    family="text",
    help="Several texts, one a line: what follows runs once for each.",
    run="nodes.impl.text:text_list",
    aliases=("prompts", "batch", "lines", "list", "wildcard"),
    outputs=(Port("texts", PortType.TEXT, "The texts, one after the other.", starts_list=True),),
    parameters=(
        Parameter("texts", Kind.LINES, "", "One text a line; empty lines are left out.", minimum=1, maximum=100_000),
    ),
)

SPECS = (PROMPT, NEGATIVE_PROMPT, PROMPT_SWITCH, TEXT_LIST)
