"""Schedules by name, as papers describe them and as their code runs them.

    >>> preset("fu2019", total_steps=40_000).describe()
    '4 cycles x 10,000 steps: ramp 5,000, hold 5,000; ends at 1.0'

A preset is a small function below with its formula and source; ``w`` is the weight of the
KL term. Where code and paper differ each has its own name.
"""

from collections.abc import Callable

from .schedules import Constant, Cyclical, Monotonic, Schedule, schedule_names
from .schedules.validation import did_you_mean, whole

__all__ = ["preset", "preset_names", "schedule_from"]

_Builder = Callable[[int | None], Schedule]
_PRESETS: dict[str, _Builder] = {}


def preset(
    name: str, total_steps: int | None = None, steps_per_epoch: int | None = None
) -> Schedule:
    """Return the schedule known by a name.

    Args:
        name: One of ``preset_names()``.
        total_steps: Length of the run in steps. Given, the schedule is bound to it, with a
            warning where the run ends badly; without it (default) ``bind`` does that later.
        steps_per_epoch: Steps (optimizer updates) in an epoch, for the presets that count epochs.

    Raises:
        ValueError: The name is unknown, or ``steps_per_epoch`` is needed and missing.

    Example:
        >>> preset("he2019", steps_per_epoch=100)(0)
        0.1009
        >>> preset("optimus", total_steps=8).values()
        [0.0, 0.0, 0.0, 0.0, 0.0, 0.5, 1.0, 1.0]
    """
    if name not in preset_names():
        raise ValueError(f"unknown preset {name!r}: {did_you_mean(name, _PRESETS)}")
    if steps_per_epoch is not None:
        steps_per_epoch = whole("steps_per_epoch", steps_per_epoch, 1)
    schedule = _PRESETS[name](steps_per_epoch)
    return schedule if total_steps is None else schedule.bind(total_steps)


def preset_names() -> tuple[str, ...]:
    """Return the names ``preset`` knows, sorted.

    Example:
        >>> preset_names()[:4]
        ('bowman2016', 'constant', 'fu2019', 'fu2019-dialog-code')
    """
    return tuple(sorted(_PRESETS))


def schedule_from(
    spec: str, total_steps: int | None = None, steps_per_epoch: int | None = None
) -> Schedule:
    """Return the schedule of a text: a preset's name, or what ``Schedule.parse`` reads.

    Args:
        spec: For example "fu2019", "cyclical:n_cycles=8,ratio=0.25", or the JSON of a schedule.
        total_steps: As in ``preset``: given, the schedule is bound and has warned.
        steps_per_epoch: As in ``preset``; schedules that are no presets do not need it.

    Raises:
        ValueError: The text is neither, or something it needs is missing.

    Example:
        >>> schedule_from("monotonic:0.25", total_steps=400).describe()
        'ramp 100, hold 300; ends at 1.0'
    """
    spec = spec.strip() if isinstance(spec, str) else spec
    if spec in preset_names():
        return preset(spec, total_steps, steps_per_epoch)
    if isinstance(spec, str) and not spec.startswith("{"):
        _check_word(spec.partition(":")[0].strip())
    schedule = Schedule.parse(spec)
    return schedule if total_steps is None else schedule.bind(total_steps)


def _check_word(word: str) -> None:
    if word in schedule_names():
        return
    if word in _PRESETS:
        raise ValueError(
            f"preset {word!r} takes no settings: write {word!r} alone, or a schedule with its "
            "settings, such as cyclical:n_cycles=8"
        )
    known = {*_PRESETS, *schedule_names()}
    raise ValueError(f"unknown schedule or preset {word!r}: {did_you_mean(word, known)}")


def _named(name: str) -> Callable[[_Builder], _Builder]:
    def add(builder: _Builder) -> _Builder:
        _PRESETS[name] = builder
        return builder

    return add


def _epoch(name: str, steps_per_epoch: int | None) -> int:
    if steps_per_epoch is None:
        raise ValueError(f"steps_per_epoch must be given for preset {name!r}: it counts epochs")
    return steps_per_epoch


@_named("constant")
def _constant(_: int | None) -> Schedule:
    """Always 1: the VAE (Kingma & Welling, ICLR 2014), https://arxiv.org/abs/1312.6114."""
    return Constant(1.0)


@_named("bowman2016")
def _bowman2016(_: int | None) -> Schedule:
    """Logistic(0.0025 (step - 2500)), renormalised to run from 0 to 1 on steps 100 to 4900.

    Bowman et al. (CoNLL 2016), https://aclanthology.org/K16-1002, section 3.1, figure 2, show a
    sigmoid without its constants; these are the defaults of https://github.com/timbmg/Sentence-VAE.
    Renormalised, the weight differs from that logistic by less than 0.0025.
    """
    return Monotonic(4800, shape="sigmoid").shift(100)


@_named("fu2019")
def _fu2019(_: int | None) -> Schedule:
    """Eq. (6)-(7) with M = 4, R = 0.5: Fu et al. (NAACL 2019), https://aclanthology.org/N19-1021."""
    return Cyclical(n_cycles=4, ratio=0.5)


@_named("fu2019-ptb-code")
def _fu2019_ptb_code(steps_per_epoch: int | None) -> Schedule:
    """From 0.1 on every tenth epoch, w <- min(1, w + 1 / (5 N)) before each batch.

    N = steps_per_epoch. So w = 0.1 + (position + 1) / (5 N) up to 1, which it reaches after 4.5 of
    10 epochs: the ratio is 0.45, not 0.5. A cycle is 10 epochs whatever the run's length.

    https://github.com/haofuml/cyclical_annealing, language_model/train_text_cyc_ptb.py.
    """
    cycle = 10 * _epoch("fu2019-ptb-code", steps_per_epoch)
    return Cyclical(n_cycles=None, ratio=0.45, start=0.1, offset=1, cycle_steps=cycle)


@_named("fu2019-ptb-code-monotonic")
def _fu2019_ptb_code_monotonic(steps_per_epoch: int | None) -> Schedule:
    """From 0.1 on, w <- min(1, w + 1 / (10 N)) before each batch, N = steps_per_epoch.

    The script's warm-up is 10 epochs, but it starts at 0.1 and is at 1 after 9.

    https://github.com/haofuml/cyclical_annealing, language_model/train_text_bl_ptb.py.
    """
    return Monotonic(9 * _epoch("fu2019-ptb-code-monotonic", steps_per_epoch), start=0.1).shift(-1)


@_named("fu2019-dialog-code")
def _fu2019_dialog_code(steps_per_epoch: int | None) -> Schedule:
    """Weight min((position + 1) / 3432, 1) in cycles of 5148 steps: R = 2/3.

    A cycle is 3/4 of an epoch and its ramp 1/2; the script's epoch has 6864 steps (the default).

    https://github.com/haofuml/cyclical_annealing, dialog/models/cvae_cyc.py.
    """
    epoch = 6864 if steps_per_epoch is None else steps_per_epoch
    return Cyclical.every(max(3 * epoch // 4, 1), epoch // 2, offset=1)


@_named("fu2019-dialog-code-monotonic")
def _fu2019_dialog_code_monotonic(steps_per_epoch: int | None) -> Schedule:
    """Weight min((step + 1) / 10000, 1), which is 1.46 epochs of the script's 6864 steps.

    For an epoch of another length the ramp is as many epochs.

    https://github.com/haofuml/cyclical_annealing, dialog/models/cvae_bl.py.
    """
    epoch = 6864 if steps_per_epoch is None else steps_per_epoch
    return Monotonic(max(round(10_000 * epoch / 6864), 1)).shift(-1)


@_named("fu2019-yelp-code")
def _fu2019_yelp_code(steps_per_epoch: int | None) -> Schedule:
    """Weight min((position + 1) / ramp, 1) in cycles of 10 epochs, the ramp being half a cycle.

    https://github.com/haofuml/cyclical_annealing, semi/semi_yelp_cyc_pre.py.
    """
    cycle = 10 * _epoch("fu2019-yelp-code", steps_per_epoch)
    return Cyclical.every(cycle, cycle // 2, offset=1)


@_named("fu2019-yelp-code-monotonic")
def _fu2019_yelp_code_monotonic(steps_per_epoch: int | None) -> Schedule:
    """Weight min((step + 1) / (10 N), 1), N = steps_per_epoch: a ramp of 10 epochs.

    https://github.com/haofuml/cyclical_annealing, semi/semi_yelp_vae_pre.py.
    """
    return Monotonic(10 * _epoch("fu2019-yelp-code-monotonic", steps_per_epoch)).shift(-1)


@_named("he2019")
def _he2019(steps_per_epoch: int | None) -> Schedule:
    """From 0.1 on, w <- min(1, w + 0.9 / (10 N)) before each batch, N = steps_per_epoch.

    kl_start = 0.1 and warm_up = 10 epochs of He et al. (ICLR 2019),
    https://arxiv.org/abs/1901.05534; https://github.com/jxhe/vae-lagging-encoder, text.py.
    """
    return Monotonic(10 * _epoch("he2019", steps_per_epoch), start=0.1).shift(-1)


@_named("optimus")
def _optimus(_: int | None) -> Schedule:
    """One cycle: half of the run at 0, a quarter ramp, the rest at 1.

    n_cycle=1, ratio_zero=0.5, ratio_increase=0.25 in the commands that Optimus (Li et al., EMNLP
    2020, https://aclanthology.org/2020.emnlp-main.378) documents, and in the names of its
    checkpoints; https://github.com/ChunyuanLI/Optimus, doc/optimus_finetune_language_models.md.
    """
    return Cyclical(n_cycles=1, ratio=0.25, zero_ratio=0.5)


@_named("optimus-code")
def _optimus_code(_: int | None) -> Schedule:
    """One cycle: a quarter of the run at 0, a quarter ramp, the rest at 1.

    What the same program does when it is not told otherwise: n_cycle=1, ratio_zero=0.25,
    ratio_increase=0.25; code/examples/big_ae/run_lm_vae_training.py.
    """
    return Cyclical(n_cycles=1, ratio=0.25, zero_ratio=0.25)
