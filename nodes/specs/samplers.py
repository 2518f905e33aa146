"""The samplers that nodes offer, and what they are called."""

SAMPLERS = (
    "deis_3kutta",
    "deis_ab1",
    "deis_ab2",
    "deis_ab3",
    "deis_ab4",
    "deis_log_ab1",
    "deis_log_ab2",
    "deis_log_ab3",
    "deis_log_ab4",
    "dpmpp_2m",
    "euler",
    "heun",
)
SAMPLER_LABELS = (
    "DEIS, Kutta 3",
    "DEIS, multistep 1",
    "DEIS, multistep 2",
    "DEIS, multistep 3",
    "DEIS, multistep 4",
    "DEIS log, multistep 1",
    "DEIS log, multistep 2",
    "DEIS log, multistep 3",
    "DEIS log, multistep 4",
    "DPM++ 2M",
    "Euler",
    "Heun",
)
