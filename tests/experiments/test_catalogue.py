import json

import pytest

from unvanish.cli import main
from unvanish.config import UsageError
from unvanish.experiments.catalogue import EXPERIMENTS, find_experiment


@pytest.mark.parametrize("name", EXPERIMENTS)
def test_every_experiment_knows_itself(name):
    experiment = find_experiment(name)
    assert experiment.name == name
    assert all((experiment.title, experiment.source))
    for extent in (experiment.whole, experiment.quick):
        assert extent.duration
        assert extent.seeds >= 1


def test_an_unknown_one_is_told():
    with pytest.raises(UsageError, match="did you mean 'lr-ablation'"):
        find_experiment("lr-ablaton")


def test_the_list_tells_all(capsys):
    main(["reproduce", "list"])
    told = capsys.readouterr().out
    main(["reproduce", "list", "--json"])
    listed = json.loads(capsys.readouterr().out)["experiments"]
    assert [each["name"] for each in listed] == list(EXPERIMENTS)
    for each in listed:
        assert f"{each['name']:16}{each['title']}" in told
        assert all(file in told for file in (*each["files"], *each["more_files"]))
