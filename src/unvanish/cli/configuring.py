"""From options of the command line to the settings of a run."""

from pathlib import Path
from typing import Any

from ..config import Config, UsageError, as_baseline, override, to_dict
from ..recipes import load_recipe

__all__ = ["SETTINGS", "as_named_baseline", "configure", "default_name", "starting_point"]

SETTINGS = {
    "schedule": ["objective.beta"],
    "inference": ["inference.kind"],
    "free_bits": ["objective.free_bits"],
    "free_bits_form": ["objective.free_bits_form"],
    "epochs": ["training.epochs"],
    "batch_size": ["training.batch_size"],
    "precision": ["training.precision"],
    "log_every": ["training.log_every"],
    "checkpoint_every": ["training.checkpoint_every"],
    "accumulate": ["training.accumulate"],
    "patience": ["training.patience"],
    "paths": ["training.paths"],
    "optimizer": ["optimizer.name"],
    "learning_rate": ["optimizer.learning_rate"],
    "learning_rate_schedule": ["optimizer.schedule"],
    "latent_size": ["model.latent_size"],
    "cell": ["model.encoder.cell", "model.decoder.cell"],
    "embedding_size": ["model.encoder.embedding_size", "model.decoder.embedding_size"],
    "hidden_size": ["model.encoder.hidden_size", "model.decoder.hidden_size"],
    "layers": ["model.encoder.layers", "model.decoder.layers"],
    "latent_enters": ["model.decoder.latent_enters"],
    "dropout": ["model.decoder.input_dropout", "model.decoder.output_dropout"],
    "tokens": ["data.tokens"],
    "max_vocabulary": ["data.max_vocabulary"],
    "min_count": ["data.min_count"],
    "max_words": ["data.max_words"],
    "too_long": ["data.too_long"],
}
"""Which settings an option changes."""


def configure(
    recipe: str | None,
    given: dict[str, Any],
    extra: tuple[str, ...],
    seed: int | None,
    *,
    base: Config | None = None,
    same_run: bool = False,
) -> Config:
    """Put the recipe, the options that were given and ``--set`` together, the later the stronger.

    Args:
        recipe: Name of a recipe.
        given: Values of options by their name in :data:`SETTINGS`; ``None`` where not given.
        extra: Assignments ``NAME=VALUE``.
        seed: The seed, if one was given.
        base: What to start from where there is no recipe, instead of the defaults.
        same_run: Whether the base is the same run, whose name stays.

    Raises:
        UsageError: If a name or value is not possible.
    """
    config = load_recipe(recipe).config if recipe else base or Config()
    changes: dict[str, Any] = {}
    for option, value in given.items():
        if value == ():
            raise UsageError(f"--{option.replace('_', '-')} needs at least one value")
        if value is not None:
            changes |= dict.fromkeys(_names(option, config), value)
    for assignment in extra:
        name, separator, text = assignment.partition("=")
        if not separator:
            raise UsageError(f"--set {assignment!r} is not possible: give NAME=VALUE")
        changes[name.strip()] = read_value(text.strip())
    if seed is not None:
        changes["seed"] = seed
    known_as = config.name or recipe
    if known_as and not same_run:
        changes["name"] = changed_name(known_as, given, extra)
    return override(config, changes)


def _names(option: str, config: Config) -> list[str]:
    """Give the settings that an option changes: of encoder and decoder, those that have it."""
    names = SETTINGS[option]
    return [name for name in names if _holds(to_dict(config), name)] or names


def _holds(plain: Any, name: str) -> bool:
    for part in name.split("."):
        if not isinstance(plain, dict) or part not in plain:
            return False
        plain = plain[part]
    return True


def as_named_baseline(config: Config, name: str, given: dict[str, Any]) -> Config:
    """Make the setting of a VAE that of a baseline, and name the run after it.

    Args:
        config: Every setting.
        name: The baseline.
        given: Options that were given, by name.

    Raises:
        UsageError: If one of them says where z enters.

    Example:
        >>> as_named_baseline(Config(), "lm", {}).name
        'lm'
    """
    if given.get("latent_enters") is not None:
        raise UsageError(f"--baseline {name} has no z: leave out --latent-enters")
    changed = as_baseline(config, name)
    if changed == config:
        return config
    return override(changed, {"name": f"{config.name} {name}" if config.name else name})


def starting_point(corpus: Path | None) -> Config | None:
    """Give what to start from where there is no recipe: without a corpus, the recipe `synthetic`.

    A run is then named by its schedule, as with the defaults: the corpus says the rest.

    Args:
        corpus: The training text.

    Example:
        >>> starting_point(Path("my.txt")) is None, starting_point(None).model.latent_size
        (True, 8)
    """
    if corpus is not None:
        return None
    return override(load_recipe("synthetic").config, {"name": None})


def changed_name(recipe: str, given: dict[str, Any], extra: tuple[str, ...]) -> str:
    """Name a run after its recipe and what was changed of it, so that no table mistakes it.

    Example:
        >>> changed_name("fu2019-ptb", {"epochs": 4, "cell": None}, ("optimizer.eps=1e-6",))
        'fu2019-ptb epochs=4 optimizer.eps=1e-6'
    """
    same = {"precision", "log_every", "checkpoint_every", "accumulate", "paths"}
    changes = [f"{k}={v}" for k, v in given.items() if v is not None and k not in same]
    return " ".join([recipe, *changes, *extra])


def read_value(text: str) -> Any:
    """Read a value as TOML would, and anything else as text.

    Example:
        >>> read_value("1e-6"), read_value("gru"), read_value("none")
        (1e-06, 'gru', None)
    """
    import tomllib

    if text.lower() == "none":
        return None
    try:
        return tomllib.loads(f"value = {text}")["value"]
    except tomllib.TOMLDecodeError:
        return text


def default_name(corpus: Path | None, config: Config) -> str:
    """Name a run's folder after its corpus and schedule.

    Example:
        >>> default_name(Path("my.txt.gz"), Config(name="fu2019-ptb", seed=3))
        'my-fu2019-ptb-seed3'
    """
    label = config.name or config.objective.beta
    tidy = "".join(letter if letter.isalnum() or letter in "-." else "-" for letter in label)
    stem = "synthetic" if corpus is None else corpus.name.partition(".")[0]
    return f"{stem}-{tidy[:60]}-seed{config.seed}"
