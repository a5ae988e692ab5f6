"""Array mathematics: what posteriors tell about the latent variable."""

from ..extras import require_extra

require_extra(__name__, "torch", "numpy", "jaxtyping")

from .activity import active_units, posterior_mean_variance
from .bootstrap import bootstrap_interval
from .collapse_watch import CollapseWatch
from .crossed import CrossedMean, crossed_mean
from .dimensions import DimensionInformation, information_per_dimension
from .effective_beta import EffectiveBetaWarning, effective_beta
from .estimate import Estimate, Interval
from .gaussians import PosteriorsWarning, are_measurable
from .holes import least_marginal_kl, least_prior_gap
from .information import index_information, information_bound, marginal_kl
from .intervals import Spread, student_t_95, summarize
from .mutual_information import MutualInformation, mutual_information
from .rate import rate
from .running_posteriors import RunningPosteriors
from .significance import holm, p_value, student_t_p_value
from .spread_rows import spread_rows

__all__ = [
    "CollapseWatch",
    "CrossedMean",
    "DimensionInformation",
    "EffectiveBetaWarning",
    "Estimate",
    "Interval",
    "MutualInformation",
    "PosteriorsWarning",
    "RunningPosteriors",
    "Spread",
    "active_units",
    "are_measurable",
    "bootstrap_interval",
    "crossed_mean",
    "effective_beta",
    "holm",
    "index_information",
    "information_bound",
    "information_per_dimension",
    "least_marginal_kl",
    "least_prior_gap",
    "marginal_kl",
    "mutual_information",
    "p_value",
    "posterior_mean_variance",
    "rate",
    "spread_rows",
    "student_t_95",
    "student_t_p_value",
    "summarize",
]
