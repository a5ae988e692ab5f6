import pytest

from unvanish.config import UsageError
from unvanish.recipes import load_recipe, recipe_names


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
