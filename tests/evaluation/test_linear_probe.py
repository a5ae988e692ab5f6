import numpy as np
import pytest

from unvanish.config import UsageError
from unvanish.evaluation import LabelDraws, linear_probe
from unvanish.evaluation.labelled_subsets import labelled_subset

pytest.importorskip("sklearn")


def make(n, noise, seed=0, shuffled=False):
    """Ten dimensions of very different scale, of which two tell the label."""
    rng = np.random.default_rng(seed)
    positive = rng.random(n) < 0.6
    features = rng.standard_normal((n, 10)) * noise
    features[:, 3] += np.where(positive, 1.0, -1.0)
    features[:, 7] += np.where(positive, -1.0, 1.0)
    labels = np.where(positive, "good", "bad")
    if shuffled:
        labels = rng.permutation(labels)
    return features * 10.0 ** np.arange(-5, 5), labels.tolist()


def probe(noise=1.0, shuffled=False, **options):
    trained, tested = make(400, noise, shuffled=shuffled), make(1_000, noise, 1)
    told = {name: options.pop(name) for name in ("unseen", "progress") if name in options}
    draws = LabelDraws(**{"counts": (100,), "repeats": 2, **options})
    return linear_probe(*trained, *tested, draws, **told)


def test_what_can_be_parted_is_parted():
    (found,) = probe(noise=0.01, counts=(20,))
    assert found.labelled == 20
    assert found.accuracy.values == (1.0, 1.0)


def test_labels_that_mean_nothing_are_not_found():
    (found,) = probe(shuffled=True, counts=(400,), repeats=1)
    assert abs(found.accuracy.mean - 0.5) < 0.12  # from always the rarer to always the commoner


def test_more_labels_do_not_harm():
    accuracies = [each.accuracy.mean for each in probe(counts=(10, 50, 400), repeats=4)]
    assert accuracies[0] < accuracies[1] < accuracies[2] + 0.01
    bayes = 0.9214  # two independent looks at +-1 with unit noise: Phi(sqrt(2)), priors near equal
    assert accuracies[2] == pytest.approx(bayes, abs=0.025)


def test_two_methods_learn_from_the_same_sentences():
    features, labels = make(60, 1.0)
    asked = []

    class Spied(list):
        def __getitem__(self, row):
            asked.append(row)
            return super().__getitem__(row)

    for given in (features, features[:, :4]):
        draws = LabelDraws(counts=(30,), repeats=2, seed=7)
        linear_probe(given, Spied(labels), given, labels, draws)
    half = len(asked) // 2
    assert asked[:half] == asked[half:]
    assert set(asked) <= {row for d in (0, 1) for row in labelled_subset(60, 30, draw=d, seed=7)}


def test_against_scikit_learn_itself():
    from sklearn.linear_model import LogisticRegression
    from sklearn.metrics import log_loss

    (found,) = probe(counts=(100,), repeats=1, seed=5)
    (features, labels), (test_features, test_labels) = make(400, 1.0), make(1_000, 1.0, 1)
    rows = labelled_subset(400, 100, seed=5)
    choosing, learnt = rows[:20], rows[20:]
    labels = np.array(labels)

    def fit(train, strength, others):
        mean, deviation = features[train].mean(0), features[train].std(0)
        fitted = LogisticRegression(C=strength, max_iter=2_000)
        fitted.fit((features[train] - mean) / deviation, labels[train])
        return fitted, (others - mean) / deviation

    def loss(strength):
        fitted, others = fit(learnt, strength, features[choosing])
        return log_loss(labels[choosing], fitted.predict_proba(others))

    best = min([1e-5, 1e-4, 1e-3, 1e-2, 0.1, 1, 10, 100], key=loss)
    fitted, others = fit(rows, best, test_features)
    assert found.accuracy.mean == fitted.score(others, test_labels)


def test_those_that_occur_in_training_can_be_left_out():
    unseen = np.arange(1_000) >= 400
    (whole,) = probe(repeats=1)
    (both,) = probe(repeats=1, unseen=unseen)
    (seen,) = probe(repeats=1, unseen=~unseen)
    assert whole.accuracy_unseen is None
    assert both.accuracy == whole.accuracy
    weighed = 0.6 * both.accuracy_unseen.mean + 0.4 * seen.accuracy_unseen.mean
    assert weighed == pytest.approx(whole.accuracy.mean)
    with pytest.raises(UsageError, match="every test sentence occurs in training"):
        probe(unseen=np.zeros(1_000, dtype=bool))


def test_progress_and_shares():
    done = []
    found = probe(counts=(20,), shares=(0.1,), progress=done.append)
    assert [each.labelled for each in found] == [20, 40]
    assert done == [1, 2, 3, 4]
    assert len(found[0].accuracy.values) == 2


@pytest.mark.parametrize(
    ("features", "labels", "message"),
    [
        (np.zeros((3, 2)), ["a", "b"], r"shape \(3, 2\) do not go with 2 labels"),
        (np.zeros(3), ["a", "b", "a"], r"shape \(3,\)"),
        (np.full((2, 2), np.nan), ["a", "b"], "not finite"),
        (np.zeros((0, 2)), [], "0 labels"),
    ],
)
def test_what_cannot_be_probed_is_refused(features, labels, message):
    good = make(20, 1.0)
    with pytest.raises(UsageError, match=message):
        linear_probe(features, labels, *good, LabelDraws(counts=(10,)))
    with pytest.raises(UsageError, match=message):
        linear_probe(*good, features, labels, LabelDraws(counts=(10,)))


@pytest.mark.parametrize("unseen", [np.ones(3, dtype=bool), np.ones((1_000, 1), dtype=bool)])
def test_a_mask_that_is_not_of_the_test_sentences_is_refused_before_anything_is_learnt(unseen):
    done = []
    with pytest.raises(UsageError, match="does not go with 1000 test sentences"):
        probe(unseen=unseen, progress=done.append)
    assert done == []


def test_features_of_two_models_are_refused():
    (features, labels), tested = make(20, 1.0), make(20, 1.0, 1)
    with pytest.raises(UsageError, match="sentences have 9 and 10 features: give those of one"):
        linear_probe(features[:, 1:], labels, *tested, LabelDraws(counts=(10,)))
