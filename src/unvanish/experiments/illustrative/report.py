"""The report of the illustrative problem."""

from dataclasses import asdict

from ...measures import Spread
from ...measures.figure_text import spread_text
from ...report.page import Page, Section, Table
from ...report.picture import Picture
from .. import published
from ..judging import HEADINGS, MEANING, claim_row, how_judged
from .pictures import cut_off
from .problem import LEAST_LOSS, MODEL, N_SEQUENCES, SCHEDULES, Settings
from .results import MEASURES, Outcome

__all__ = [
    "CLAIMED",
    "OF_EVERY_RUN",
    "TABLE_HEADINGS",
    "averages",
    "length",
    "make_page",
    "table_rows",
]

TABLE_HEADINGS = ("schedule", "rec", "kl", "−elbo", "I(z, n)", "marginal kl", "active units")
"""Columns of the table of results."""

CLAIMED = (
    "In the claims, kl and I(z, n), also called information, are in nats per sequence; identified "
    "is the share of samples of z whose most probable sequence is the right one."
)
"""What the figures of the claims are."""

OF_EVERY_RUN = (
    "What has to be so of every run or in every evaluation is looked up in all of them. While runs "
    "still fall, comparisons are not established, nor is that every run comes near the least where "
    "only such runs miss it, or only at their last step."
)
"""What the verdicts say that are no matter of a mean."""

_LEAD = (
    "A variational autoencoder writes a sentence from a latent vector z, but a decoder that is "
    "good enough can learn to do without z: then z carries nothing, which is called KL vanishing.",
    "Here ten short sequences are learnt under three schedules, which differ only in the weight "
    "beta of the KL term during training: always 1, raised once from 0 to 1, or raised from 0 to 1 "
    "four times over.",
    "If what Fu et al. (2019) found shows here too, the KL at the end, and with it what z tells "
    "about the sequence, is least under the constant weight and greatest under the cyclical one.",
)

_STATED = (
    "The paper states the data, the LSTMs of 2 layers and 64 units, the 2 latent dimensions, "
    "the schedules and 40,000 steps. Embeddings, optimizer, learning rate, initialisation and "
    "where z enters are not stated and were chosen for this demonstration. The initialisation "
    "matters: from much smaller parameters z is hardly used at first, and the monotonic "
    "schedule soon ends nearly as collapsed as the constant one. This start delays that and "
    "does not prevent it: what monotonic gains here shrinks while beta stays at 1, and the "
    "more so the longer the run (unlike in the paper, whose curve stays level).",
)


def make_page(outcome: Outcome, pictures: dict[str, Picture]) -> Page:
    """Put the report together; every statement about the results is made from the numbers.

    Args:
        outcome: The runs.
        pictures: What :func:`.pictures.draw_pictures` gave.
    """
    return Page(
        title="KL vanishing on ten sequences: constant, monotonic and cyclical beta",
        lead=_LEAD,
        sections=(
            _claims(outcome),
            _results(outcome),
            Section(
                "The schedules",
                pictures=[(pictures["schedules"], _schedules_caption(outcome))],
            ),
            Section(
                "During training",
                pictures=[(pictures["curves"], _curves_caption(outcome))],
            ),
            Section(
                "The latent space",
                pictures=[(pictures["latent"], _latent_caption(outcome))],
            ),
            _making(outcome),
        ),
        closing=(
            "After section 4 and Figures 2 to 4 of: Fu, Li, Liu, Gao, Celikyilmaz, Carin, Cyclical "
            "Annealing Schedule: A Simple Approach to Mitigating KL Vanishing, NAACL 2019, "
            "arXiv:1903.10145.",
        ),
    )


def table_rows(outcome: Outcome, step: int) -> list[list[str]]:
    """Give the table of results after a step, a row a schedule.

    Args:
        outcome: The runs.
        step: One of the marks of the settings.
    """
    summary = outcome.summary_at(step)
    return [
        [name, *(_text(summary[name][measure], measure) for measure in MEASURES)]
        for name in SCHEDULES
    ]


def averages(settings: Settings) -> str:
    """Say what the figures of a table are."""
    if settings.seeds == 1:
        return f"seed {settings.seed}"
    return f"mean ± standard deviation over {settings.seeds} seeds"


def length(settings: Settings) -> str:
    """Say how long the schedules are, and how long the paper's."""
    share = 100 * settings.steps / published.ILLUSTRATIVE_STEPS
    return (
        f"{settings.steps:,} steps, {share:.3g} % of the paper's {published.ILLUSTRATIVE_STEPS:,}"
    )


def _text(spread: Spread, measure: str) -> str:
    digits = 1 if measure == "active_units" else 2
    return spread_text(spread.mean, spread.standard_deviation, digits)


def _claims(outcome: Outcome) -> Section:
    settings = outcome.settings
    told = [asdict(claim) for claim in outcome.claims()]
    hold = " and before the hold" if settings.hold else ""
    caption = (
        f"After {length(settings)}{hold}, with beta = 1 for all unless a row says otherwise.",
        MEANING,
        OF_EVERY_RUN,
        *how_judged(told),
    )
    table = Table(" ".join(caption), HEADINGS, [claim_row(each) for each in told], numeric=False)
    return Section("What holds", text=(CLAIMED,), tables=(table,))


def _results(outcome: Outcome) -> Section:
    settings = outcome.settings
    tables = [_figures(outcome, settings.steps, f"After {settings.steps:,} steps")]
    if settings.hold:
        title = f"After {settings.hold:,} further steps with beta = 1"
        tables.append(_figures(outcome, settings.total, title))
    text = (
        "The column rec is what decoding a sequence from its z costs, kl how far its posterior is "
        f"from the prior, −elbo their sum: at best ln 10 = {LEAST_LOSS:.3f}, whatever z carries. "
        "I(z, n) is the part of kl that tells the sequences apart, marginal kl the rest (equation "
        "8 of the paper).",
    )
    folded = [_intervals(outcome)] if settings.seeds > 1 else []
    return Section("Results", text=text, tables=[*tables, _published()], folded=folded)


def _figures(outcome: Outcome, step: int, title: str) -> Table:
    caption = f"{title}: nats per sequence, {averages(outcome.settings)}"
    return Table(caption, TABLE_HEADINGS, table_rows(outcome, step))


def _published() -> Table:
    theirs = published.ILLUSTRATIVE[published.ILLUSTRATIVE_STEPS].rows
    rows = [
        [name, *(f"{value:.2f}" for value in (*row.figures.values(), sum(row.figures.values())))]
        for name, row in theirs.items()
    ]
    return Table(
        f"The paper after {published.ILLUSTRATIVE_STEPS:,} steps: nats per sequence, read off its "
        f"Figure 3 (± {published.READ_TO}; one curve each)",
        TABLE_HEADINGS[:4],
        rows,
    )


def _seeds(settings: Settings) -> str:
    last = settings.seed + settings.seeds - 1
    return str(last) if settings.seeds == 1 else f"{settings.seed} to {last}"


def _intervals(outcome: Outcome) -> Table:
    summary = outcome.summary_at(outcome.settings.steps)
    rows = []
    for name in SCHEDULES:
        intervals = (summary[name][measure].interval for measure in MEASURES)
        texts = ["" if pair is None else f"{pair[0]:.2f} to {pair[1]:.2f}" for pair in intervals]
        rows.append([name, *texts])
    return Table("95 % intervals of the means (Student's t over seeds)", TABLE_HEADINGS, rows)


def _schedules_caption(outcome: Outcome) -> str:
    hold = " Afterwards beta stays at 1." if outcome.settings.hold else ""
    return f"The weight of the KL term over training (Figure 2 of the paper).{hold}"


def _curves_caption(outcome: Outcome) -> str:
    settings = outcome.settings
    window = -(-settings.total // min(settings.windows, settings.total))
    text = (
        f"Losses of training, averaged over windows of at most {window:,} steps (Figure 3 of the "
        f"paper, whose panel called ELBO shows the weighted loss); {cut_off(outcome)}. While beta "
        "is below 1 the weighted loss is no bound of anything and may lie below ln 10."
    )
    if settings.seeds > 1:
        text += f" Lines: mean of {settings.seeds} seeds. Bands: from the least to the greatest."
    return text


def _latent_caption(outcome: Outcome) -> str:
    settings = outcome.settings
    hold = "; the last column is after the hold" if settings.hold else ""
    return (
        f"Samples of q(z|n) for the {N_SEQUENCES} sequences, seed {settings.seed} (Figure 4 of the "
        f"paper, at the same shares of the run{hold}): {settings.draws} noise vectors, the same "
        "ones for every sequence, schedule and moment. Colours apart: z tells the sequences apart."
    )


def _making(outcome: Outcome) -> Section:
    table = Table("Configuration and versions", (), _configuration(outcome), numeric=False)
    return Section("How it was made", text=_STATED, folded=(table,))


def _configuration(outcome: Outcome) -> list[list[str]]:
    settings, model = outcome.settings, MODEL
    return [
        ["data", f"{N_SEQUENCES} sequences of {N_SEQUENCES} words, a single 1 in each; end symbol "
         "predicted too (nearly free once learnt)"],
        ["encoder", repr(model.encoder)],
        ["decoder", repr(model.decoder)],
        ["latent dimensions", str(model.latent_size)],
        ["initialisation", f"uniform in ±{model.initial_range}"],
        ["optimizer", f"Adam, learning rate {settings.learning_rate:g}, gradient clipped to norm "
         f"{settings.gradient_clip:g}; all sequences in every step, one noise vector each"],
        ["steps", f"{settings.steps:,}" + (f", hold {settings.hold:,}" if settings.hold else "")],
        ["seeds", f"{_seeds(settings)}; a seed has the same initialisation and noise under every "
         "schedule"],
        ["evaluation", "kl in closed form; rec, I(z, n) and marginal kl by Monte Carlo, each with "
         "noise of its own that is the same every time"],
        ["repeatable", "with the same settings, machine and number of workers; which runs share a "
         "worker changes the rounding, and in a long run that can be seen"],
        ["time", f"{outcome.seconds:.0f} s for {len(outcome.trajectories)} runs, one a "
         "schedule and seed"],
        *([key, str(value)] for key, value in outcome.environment.items()),
    ]  # fmt: skip
