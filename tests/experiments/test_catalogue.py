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
        assert (extent.seeds >= 1) == (name != "schedules")


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
        there = told.partition(each["title"])[2].partition("takes ")[0]
        assert (f"seeds {each['seeds']}, with --quick" in there) == (each["name"] != "schedules")
        assert all(file in told for file in (*each["files"], *each["more_files"]))


def test_seeds_are_refused_where_nothing_is_repeated(refused, tmp_path):
    out = tmp_path / "out"
    assert "leave out --seeds" in refused("reproduce", "schedules", "--seeds=5", "--out", out)
    assert not out.exists()


def test_missing_files_are_listed_a_line_each(unvanish, tmp_path):
    ended = unvanish("reproduce", "lr-ablation", "--out", tmp_path / "out")
    assert ended.status == 2
    first, *files, source, command = ended.err.splitlines()
    assert first.startswith("unvanish: --data is needed")
    names = [line.split()[0] for line in files]
    assert names == ["ptb/train.txt", "ptb/valid.txt", "ptb/test.txt"]
    assert all(line.startswith("  ") for line in files)
    assert "from the Penn Treebank" in source
    assert command == "  by unvanish prepare ptb lstm/data --data FOLDER"
