"""What to say of the steps of a plan that neither ran nor failed nor had their result used."""

from __future__ import annotations

from collections.abc import Mapping

from engine.api.plan import Plan
from engine.api.report import Reason, StepOutcome, Why

_USED = (StepOutcome.HIT, StepOutcome.COVERED)


def verdicts_of_the_rest(
    plan: Plan, told: Mapping[str, StepOutcome], culprits: Mapping[str, str], cancelled: bool
) -> dict[str, Why]:
    """A verdict for each step not in `told`. `culprits` names the failed step that blocks a step.

    A step before a used result was not needed for it (COVERED); before a blocked one it is blocked as well; and with
    none of these after it, it stands on a side that no switch chose.
    """
    if cancelled:
        return {step.node: Why(Reason.STOPPED) for step in plan.steps if step.node not in told}
    verdicts: dict[str, Why] = {}
    covered: set[str] = set()
    blocked: dict[str, str] = {}
    for step in reversed(plan.steps):
        node = step.node
        if node not in told:
            verdicts[node] = _verdict(node, covered, culprits.get(node, blocked.get(node)))
        parents = [source.node for sources in step.inputs.values() for source in sources]
        if told.get(node) in _USED or (node in verdicts and verdicts[node].reason is Reason.COVERED):
            covered.update(parents)
        elif node in verdicts and verdicts[node].reason is Reason.BLOCKED:
            blocked.update(dict.fromkeys(parents, verdicts[node].subjects[0]))
    return verdicts


def _verdict(node: str, covered: set[str], culprit: str | None) -> Why:
    if node in covered:
        return Why(Reason.COVERED)
    return Why(Reason.NOT_CHOSEN) if culprit is None else Why(Reason.BLOCKED, (culprit,))
