"""The parts of a page about one run."""

from ..config import UsageError
from .colouring import colour
from .curves import Group, draw_run, draw_schedules
from .diagnosis import diagnosis_section
from .facts import making, results_table
from .heat import draw_dimensions
from .latent import LatentMap
from .material import Material
from .page import Section, Table
from .paths import paths_of_run
from .source import shown
from .writing import MANY, Written

__all__ = ["run_sections", "state_of"]


def state_of(material: Material) -> str:
    """Say in a sentence how far a run is."""
    history, settings = material.history, material.run.config.training
    done = f"{len(history.validations):,} of {settings.epochs:,} epochs"
    if material.results is None:
        return (
            "This run has not finished: it still runs, was stopped, or diverged. It is shown as "
            f"far as it got, {done} and {history.last_step:,} steps, with figures of the "
            "validation split alone."
        )
    facts = material.results["training"]
    early = ", stopped early," if facts["stopped_early"] else ""
    return f"Trained for {done}{early} and {facts['steps']:,} steps in {facts['seconds']:,.0f} s."


def run_sections(material: Material, name: str) -> tuple[Section, ...]:
    """Give every part about one run.

    Args:
        material: The run.
        name: Prefix of its pictures, once in a page.
    """
    if material.run.config.model.is_language_model:
        latent: tuple[Section, ...] = ()
    else:
        paths = paths_of_run(material.traced, name)
        latent = (*paths, _dimensions(material, name), _latent(material, name))
    return (
        _results(material),
        diagnosis_section(material.diagnosis, material.undiagnosed, name),
        _schedule(material, name),
        _training(material, name),
        *latent,
        _writing(material),
        Section("How it was made", folded=making(material)),
    )


def _results(material: Material) -> Section:
    table = results_table(material)
    text = [state_of(material)]
    warnings = [[f"step\u00a0{step:,}", text] for step, text in material.history.warnings]
    warnings += [["schedule", problem] for problem in material.plan.problems]
    if not warnings:
        text.append("There were no early warnings.")
    warned = Table("Early warnings", (), warnings, numeric=False)
    return Section(
        "Results",
        text=text,
        tables=[*([table] if table.rows else []), *([warned] if warnings else [])],
    )


def _schedule(material: Material, name: str) -> Section:
    picture = draw_schedules(f"{name}-schedule", [Group("beta", [material.traced])])
    caption = f"Beta, the weight of the KL term: {material.plan.words}."
    return Section("The schedule", pictures=[(picture, caption)])


def _training(material: Material, name: str) -> Section:
    caption = (
        "Training: means over the steps since the point before, with dropout; its ELBO is at "
        "beta = 1, whatever the training weight was. Validation: after every epoch, without "
        "dropout, at beta = 1. The area behind is beta; the top of the frame stands for "
        f"{material.plan.top:g}."
    )
    picture = draw_run(f"{name}-curves", material.traced)
    return Section("During training", pictures=[(picture, caption)])


def _dimensions(material: Material, name: str) -> Section:
    title, kl = "KL per dimension", material.history.kl_per_dimension
    if kl is None:
        return Section(title, text=["It was not measured, or no epoch has ended yet."])
    steps = material.history.series("valid/kl").steps
    picture = draw_dimensions(f"{name}-dimensions", steps, kl, material.plan)
    caption = (
        "KL of every latent dimension on the validation split after every epoch, the greatest at "
        "the end on top; above, beta. A dimension that stays dark carries nothing."
    )
    return Section(title, pictures=[(picture, caption)])


def _latent(material: Material, name: str) -> Section:
    title, projection = "The latent space", material.projection
    if projection is None:
        ended = bool(material.history.validations)
        why = "It was not kept for this run." if ended else "No epoch has ended yet."
        return Section(title, text=[why])
    corpora, run = material.source.corpora, material.run
    valid = corpora.valid if corpora else None
    if valid is not None and projection.indices.max() >= len(valid):
        raise UsageError(f"{run.path / 'latent'} belongs to another run: copy the run anew")
    indices = projection.indices.tolist()
    words = valid is not None and material.silence == ""
    latent = LatentMap(
        f"{name}-latent",
        projection,
        colour(valid, projection.indices),
        shown(valid, indices, run.vocabulary, run.tokens) if valid is not None and words else [],
        [valid.labels[k] for k in indices] if valid is not None and valid.labels else [],
        _notes(material),
    )
    count = f"{len(indices):,} sentences of the validation split, each at the mean of its q(z|x)."
    axes = "The scale is the same for every epoch; the axes are found from the last one."
    text = [f"{count} {axes}"]
    if material.source.problem:
        text.append(f"{material.source.problem} So a dot tells its number only.")
    return Section(title, text=text, markup=[latent.html()])


def _notes(material: Material) -> dict[int, str]:
    """Say of every epoch where the run was."""
    epochs = material.run.config.training.epochs
    kept = material.projection.points if material.projection else ()
    notes = {epoch: f"epoch {epoch} of {epochs}" for epoch in kept}
    for figures in material.history.validations:
        beta = material.history.beta_at(figures["step"])
        weight = "" if beta is None else f" · beta {beta:.2f}"
        if figures["epoch"] in notes:
            notes[figures["epoch"]] += f"{weight} · validation kl {figures['kl']:.3f} nats"
    return notes


def _writing(material: Material) -> Section:
    written = material.written
    if written is None:
        return Section("What it writes", text=[material.silence])
    text = ["By the parameters after the last epoch; sentences without an end are cut short."]
    if not material.run.config.model.is_language_model:
        text[0] += (
            f" Of {MANY} greedy sentences from the prior, {written.different} differ: the fewer, "
            "the less the decoder heeds z."
        )
    if material.source.problem:
        text.append(f"{material.source.problem} So nothing is reconstructed.")
    return Section("What it writes", text=text, tables=_sentences(written))


def _sentences(written: Written) -> list[Table]:
    samples = [[f"z\u00a0{k}", *pair] for k, pair in enumerate(written.samples, 1)]
    headings: tuple[str, ...] = ("", "greedy", "at temperature 1")
    tables = [Table("Sentences from the prior", headings, samples, numeric=False)]
    if written.reconstructions:
        caption = (
            "Sentences of the test split, each written again, greedily, from the mean of its q(z|x)"
        )
        headings = ("", "sentence", "written again")
        pairs = [[str(k), *pair] for k, pair in enumerate(written.reconstructions, 1)]
        tables.append(Table(caption, headings, pairs, numeric=False))
    for k, way in enumerate(written.interpolations, 1):
        steps = [[f"{place / (len(way) - 1):.0%}", sentence] for place, sentence in enumerate(way)]
        caption = (
            f"Interpolation {k}: from the mean of one test sentence to that of another in a "
            "straight line, written greedily"
        )
        tables.append(Table(caption, (), steps, numeric=False))
    return tables
