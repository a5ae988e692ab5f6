"""What Fu et al. (2019) show for the illustrative problem."""

__all__ = ["ACCURACY", "END", "MONOTONIC_KL", "STEPS"]

STEPS = 40_000
"""Steps of the paper's runs."""

ACCURACY = 0.05
"""Nats to which the curves of Figure 3 can be read; the paper gives no numbers."""

END = {"constant": (2.18, 0.14), "monotonic": (1.35, 0.97), "cyclical": (0.72, 1.63)}
"""rec and kl in nats at the end of every schedule, read off Figure 3."""

MONOTONIC_KL = (1.02, END["monotonic"][1])
"""KL under the monotonic schedule after 11,000 steps, when beta has been 1 for 1,000 of them, and
at the end; read off Figure 3."""
