import numpy as np
import pytest

from unvanish.config import NoEncoderConfig, UsageError, bound_schedule
from unvanish.models import TextVAE
from unvanish.recipes import load_recipe, recipe_names
from unvanish.training.optimizers import learning_rate_factor


@pytest.mark.parametrize("name", recipe_names())
def test_every_recipe_is_read_and_cites_its_source(name):
    recipe = load_recipe(name)
    assert recipe.config.name == recipe.name == name
    assert "Fu et al." in recipe.source
    assert recipe.title


def test_the_paper_and_its_code_differ_in_beta_and_learning_rate_only():
    paper, code = (load_recipe(name).config for name in ("fu2019-ptb", "fu2019-ptb-code"))
    assert (paper.data, paper.model, paper.training) == (code.data, code.model, code.training)
    assert paper.optimizer.schedule == "constant"
    assert code.optimizer.schedule == "cosine-restarts"
    assert paper.objective != code.objective


def test_a_recipe_of_ones_own(tmp_path):
    path = tmp_path / "mine.toml"
    path.write_text("[config.training]\nepochs = 2\n[config.model.encoder]\ncell = 'gru'\n")
    recipe = load_recipe(str(path))
    assert recipe.name == "mine"
    assert recipe.config.training.epochs == 2


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[config.training]\nepoch = 2", "did you mean 'training.epochs'"),
        ("[confg]", "unknown entry 'confg'"),
        ("not toml", "cannot be read"),
    ],
)
def test_a_bad_recipe_is_told(tmp_path, text, message):
    path = tmp_path / "mine.toml"
    path.write_text(text)
    with pytest.raises(UsageError) as caught:
        load_recipe(str(path))
    assert message in str(caught.value)


def test_an_unknown_recipe_is_told():
    with pytest.raises(UsageError, match="did you mean 'fu2019-ptb'"):
        load_recipe("fu2019ptb")


def test_a_recipe_file_that_is_not_there_is_told(tmp_path):
    with pytest.raises(UsageError, match=r"nofile\.toml does not exist"):
        load_recipe("nofile.toml")
    (tmp_path / "folder.toml").mkdir()
    with pytest.raises(UsageError, match="is no file"):
        load_recipe(str(tmp_path / "folder.toml"))


def test_yelp_as_the_paper_says_and_as_its_code_does():
    paper, code = (load_recipe(name).config for name in ("fu2019-yelp", "fu2019-yelp-code"))
    assert (paper.data, paper.model, paper.training) == (code.data, code.model, code.training)
    assert (paper.optimizer.schedule, code.optimizer.schedule) == ("constant", "cosine-restarts")
    assert paper.optimizer.gradient_clip is code.optimizer.gradient_clip is None
    model = TextVAE(code.model, vocabulary_size=3_641)
    sizes = {
        "two tables of words": 2 * 3_641 * 256,
        "convolutions": 256 * 300 * 5 + 300 + 300 * 600 * 5 + 600 + 600 * 900 * 4 + 900,
        "mean and log variance": 2 * (900 * 256 + 256),
        "first state": 256 * 256 + 256,
        "LSTM": 4 * 256 * (512 + 256) + 8 * 256,
        "states to words": 256 * 256 + 3_641,
    }
    assert sum(each.numel() for each in model.parameters()) == sum(sizes.values())


def test_the_codes_beta_and_learning_rate_at_every_step_on_yelp():
    """The formulas of semi_yelp_cyc_pre.py, over a whole run."""
    config, epoch = load_recipe("fu2019-yelp-code").config, 14
    total = config.training.epochs * epoch
    beta, problems = bound_schedule(config.objective.beta, total_steps=total, steps_per_epoch=epoch)
    factor = learning_rate_factor(config.optimizer, beta, total_steps=total, steps_per_epoch=epoch)
    cycle, ramp = 10 * epoch, 10 * epoch // 2
    positions = np.arange(total) % cycle
    assert not problems
    assert [beta(k) for k in range(total)] == pytest.approx(np.minimum((positions + 1) / ramp, 1))
    cosine = 0.5 * (1 + np.cos(np.pi * positions / cycle))
    assert [factor(k) for k in range(total)] == pytest.approx(cosine)
    assert config.optimizer.interval == "step"


def test_none_in_a_recipe(tmp_path):
    path = tmp_path / "mine.toml"
    path.write_text("[config.data]\nmax_words = 'none'\n[config.model.encoder]\nkind = 'none'\n")
    config = load_recipe(str(path)).config
    assert config.data.max_words is None
    assert config.model.encoder == NoEncoderConfig()
    path.write_text("[config.training]\nepochs = 'none'\n")
    with pytest.raises(UsageError, match="epochs=None is not possible"):
        load_recipe(str(path))
