"""Array mathematics: what posteriors tell about the latent variable."""

from ..extras import require_extra

require_extra(__name__, "torch", "numpy", "jaxtyping")

from .activity import active_units, posterior_mean_variance
from .bootstrap import bootstrap_interval
from .collapse_watch import CollapseWatch
from .effective_beta import effective_beta
from .estimate import Estimate
from .information import index_information, marginal_kl, rate
from .intervals import Spread, student_t_95, summarize
from .running_posteriors import RunningPosteriors

__all__ = [
    "CollapseWatch",
    "Estimate",
    "RunningPosteriors",
    "Spread",
    "active_units",
    "bootstrap_interval",
    "effective_beta",
    "index_information",
    "marginal_kl",
    "posterior_mean_variance",
    "rate",
    "student_t_95",
    "summarize",
]
