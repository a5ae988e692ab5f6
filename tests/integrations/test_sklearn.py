"""A text VAE as a transformer of scikit-learn."""

import pickle

import numpy as np
import pytest
import torch

from unvanish.config import UsageError, override
from unvanish.recipes import load_recipe

pytest.importorskip("sklearn")

from sklearn.base import clone
from sklearn.exceptions import ConvergenceWarning, NotFittedError, SkipTestWarning
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.frozen import FrozenEstimator
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.utils import estimator_checks, get_tags
from sklearn.utils.estimator_checks import parametrize_with_checks

from unvanish.integrations.sklearn import TextVAEFeatures
from unvanish.runs import Run

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")

SIZES = {
    f"model.{part}.{name}": 6
    for part in ("encoder", "decoder")
    for name in ("embedding_size", "hidden_size")
}
SMALL = override(
    load_recipe("synthetic").config,
    {**SIZES, "model.latent_size": 3, "training.epochs": 1, "training.precision": "fp32"},
)
THINGS, GOOD, BAD = ["cat", "dog", "hen", "fox"], ["fine", "nice"], ["poor", "awful"]
TEXTS = [f"the {a} and the {b} are {c}" for a in THINGS for b in THINGS for c in GOOD + BAD]
LABELS = [text.split()[-1] in GOOD for text in TEXTS]


@pytest.fixture(scope="module")
def fitted():
    return TextVAEFeatures(SMALL).fit(TEXTS)


def with_kept_checks(wrapped):
    """Checks of scikit-learn that ask nothing of numbers: all others need a table of them."""
    return pytest.mark.parametrize(
        "check",
        [
            getattr(estimator_checks, f"check_{name}")
            for name in (
                "estimator_cloneable",
                "estimator_tags_renamed",
                "valid_tag_types",
                "estimator_repr",
                "no_attributes_set_in_init",
                "do_not_raise_errors_in_init_or_set_params",
                "mixin_order",
                "parameters_default_constructible",
                "get_params_invariance",
                "set_params",
            )
        ],
    )(wrapped)


with pytest.warns(SkipTestWarning, match="string=True"):  # as for CountVectorizer

    @parametrize_with_checks([TextVAEFeatures(SMALL)])
    def test_scikit_learns_checks_for_input_of_this_kind(estimator, check):
        check(estimator)


@with_kept_checks
def test_scikit_learns_checks_that_do_not_depend_on_input(check):
    check("TextVAEFeatures", TextVAEFeatures(SMALL))


def test_its_input_is_tagged_as_that_of_a_vectorizer():
    tags, vectorizer = get_tags(TextVAEFeatures()), get_tags(CountVectorizer())
    assert tags.input_tags.string is vectorizer.input_tags.string is True
    assert tags.input_tags.two_d_array is vectorizer.input_tags.two_d_array is False
    assert tags.input_tags.one_d_array
    assert tags.requires_fit
    assert not tags.target_tags.required


def test_a_vector_for_every_sentence(fitted):
    features = fitted.transform(TEXTS[:7])
    assert features.shape == (7, 3)
    assert features.dtype == np.float32
    assert np.isfinite(features).all()
    assert fitted.get_feature_names_out().tolist() == [f"textvaefeatures{k}" for k in range(3)]


def test_a_sentence_has_its_vector_in_any_company_and_order(fitted):
    together = fitted.transform(TEXTS)
    order = np.random.default_rng(0).permutation(len(TEXTS))
    apart = [fitted.transform([text])[0] for text in TEXTS[:5]]
    assert together[:5] == pytest.approx(np.array(apart), abs=1e-6)
    assert together[order] == pytest.approx(fitted.transform([TEXTS[k] for k in order]), abs=1e-6)


def test_lists_arrays_and_columns_are_the_same(fitted):
    expected = fitted.transform(TEXTS[:3])
    for given in (tuple(TEXTS[:3]), np.array(TEXTS[:3]), np.array(TEXTS[:3], dtype=object)):
        assert np.array_equal(fitted.transform(given), expected)
    assert np.array_equal(fitted.transform(iter(TEXTS[:3])), expected)


def test_fitted_again_it_is_the_same_and_leaves_torchs_draws_alone(fitted):
    torch.manual_seed(7)
    expected = torch.rand(1)
    torch.manual_seed(7)
    again = clone(fitted)
    assert not hasattr(again, "model_")
    before = dict(vars(again))
    assert again.fit(TEXTS, LABELS) is again
    assert {name: vars(again)[name] for name in before} == before
    assert torch.equal(torch.rand(1), expected)
    assert np.array_equal(again.transform(TEXTS), fitted.transform(TEXTS))
    told = {name: value for name, value in vars(again).items() if name not in before}
    assert all(name.endswith("_") for name in told)


def test_the_seed_is_the_random_state(fitted):
    other = TextVAEFeatures(SMALL, random_state=5).fit(TEXTS)
    assert other.config_ == override(SMALL, {"seed": 5})
    assert not np.allclose(other.transform(TEXTS), fitted.transform(TEXTS))
    drawn = [
        TextVAEFeatures(SMALL, random_state=np.random.RandomState(3))._settings().seed
        for _ in range(2)
    ]
    assert drawn[0] == drawn[1] > 0


def test_it_can_be_pickled(fitted):
    again = pickle.loads(pickle.dumps(fitted))
    assert np.array_equal(again.transform(TEXTS), fitted.transform(TEXTS))


def test_in_a_pipeline(fitted):
    config = override(SMALL, {"optimizer.learning_rate": 0.02, "training.epochs": 5})
    pipeline = make_pipeline(TextVAEFeatures(config), LogisticRegression(C=1e4, max_iter=1_000))
    pipeline.set_params(textvaefeatures__random_state=2).fit(TEXTS, LABELS)
    assert pipeline.named_steps["textvaefeatures"].config_.seed == 2
    assert pipeline.score(TEXTS, LABELS) > 0.8
    frozen = make_pipeline(FrozenEstimator(fitted), LogisticRegression())
    assert len(cross_val_score(frozen, TEXTS, LABELS, cv=2)) == 2
    frozen.fit(TEXTS, LABELS)
    assert frozen[0].estimator is fitted


def test_the_run_is_kept_where_it_is_wanted(tmp_path, fitted):
    kept = TextVAEFeatures(SMALL, out=tmp_path / "run").fit(TEXTS)
    opened = TextVAEFeatures.from_run(tmp_path / "run")
    assert np.array_equal(opened.transform(TEXTS), kept.transform(TEXTS))
    assert np.array_equal(fitted.transform(TEXTS), kept.transform(TEXTS))
    assert kept.results_["splits"]["test"]["last"]["rec"] > 0
    best = TextVAEFeatures.from_run(tmp_path / "run", parameters="best")
    assert best.transform(TEXTS[:1]).shape == (1, 3)
    with pytest.raises(UsageError, match="is in use"):
        TextVAEFeatures(SMALL, out=tmp_path / "run").fit(TEXTS)


def test_a_recipe_and_fewer_epochs():
    config = TextVAEFeatures(recipe="fu2019-yelp", epochs=3)._settings()
    assert config == override(load_recipe("fu2019-yelp").config, {"training.epochs": 3})
    assert TextVAEFeatures()._settings().model.latent_size == 32


def test_a_latent_variable_that_is_not_alive_is_told():
    config = override(SMALL, {"training.epochs": 2})
    with pytest.warns(ConvergenceWarning, match="latent variable is unfinished: ") as told:
        TextVAEFeatures(config).fit(TEXTS)
    assert told[0].filename == __file__
    with pytest.warns(ConvergenceWarning, match="latent variable is unfinished: "):
        TextVAEFeatures(config).fit_transform(TEXTS)


@pytest.mark.filterwarnings("error")
def test_nothing_is_told_of_one_that_may_be_alive(monkeypatch, fitted):
    """The same texts, judged otherwise."""
    results = {**fitted.results_, "diagnosis": {**fitted.results_["diagnosis"], "verdict": "alive"}}
    monkeypatch.setattr(Run, "results", lambda self: results)
    TextVAEFeatures(SMALL).fit(TEXTS)


def test_a_sentence_without_words_is_refused_before_training(monkeypatch):
    monkeypatch.setattr("unvanish.integrations.sklearn.train", None)
    with pytest.raises(UsageError, match="sentence 65 has no words"):
        TextVAEFeatures(SMALL).fit_transform([*TEXTS, " "])


def test_numbers_of_numpy_are_taken():
    assert TextVAEFeatures(epochs=np.int64(3))._settings().training.epochs == 3
    assert type(TextVAEFeatures(epochs=np.int64(3))._settings().training.epochs) is int
    with pytest.raises(UsageError, match=r"epochs=2\.5"):
        TextVAEFeatures(epochs=2.5)._settings()
    with pytest.raises(UsageError, match=r"config is a dict: give what .*override"):
        TextVAEFeatures({"training.epochs": 1})._settings()


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ("a sentence", "one string is no list of sentences"),
        (3, "int is no list of sentences"),
        (np.array([["a", "b"]]), r"shape \(1, 2\) are not possible: give a column"),
        (["a cat", 3], "sentence 2 is 3: give strings"),
        ([], "no sentences"),
    ],
)
def test_what_is_no_list_of_sentences_is_refused(fitted, given, message):
    with pytest.raises(UsageError, match=message):
        fitted.transform(given)
    with pytest.raises(UsageError, match=message):
        TextVAEFeatures(SMALL).fit(given)


def test_other_mistakes_are_told(fitted):
    with pytest.raises(NotFittedError):
        TextVAEFeatures(SMALL).transform(TEXTS)
    with pytest.raises(UsageError, match="sentence 2 has no words"):
        fitted.transform(["a cat", " "])
    with pytest.raises(UsageError, match="config and recipe are both given"):
        TextVAEFeatures(SMALL, recipe="synthetic").fit(TEXTS)
    without_z = override(
        SMALL, {"model.posterior.kind": "prior", "model.decoder.latent_enters": []}
    )
    with pytest.raises(UsageError, match="language model"):
        TextVAEFeatures(without_z).fit(TEXTS)
    with pytest.raises(UsageError, match="unknown recipe"):
        TextVAEFeatures(recipe="fu2018").fit(TEXTS)
