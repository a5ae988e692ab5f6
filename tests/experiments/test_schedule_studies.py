"""The studies of M, R and constant beta on runs of a few steps."""

import json

import pytest

from unvanish.cli import main


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "seeds", "claims", "rows"), [("cycles", 1, 6, 4), ("constant-beta", 2, 5, 3)]
)
def test_a_study_tells_every_setting_on_both_problems(
    short, tmp_path, capsys, name, seeds, claims, rows
):
    out = tmp_path / "out"
    words = ["reproduce", name, "--quick", f"--out={out}", "--quiet", "--device=cpu"]
    main([*words, f"--seeds={seeds}"])
    results = json.loads((out / "results.json").read_text())
    told = results["summary"]["claims"]
    assert len(told) == claims
    seeds_told = "95 % interval" if seeds > 1 else "one seed"
    for each in told:
        looked_up = each["claim"].startswith("In every evaluation")
        on_treebank = "Penn Treebank" in each["claim"]
        assert looked_up or ("not measured" if on_treebank else seeds_told) in each["evidence"]
    sequences, text = results["summary"]["tables"]
    assert len(sequences["rows"]) == len(text["rows"]) == rows
    assert len(results["runs"]) == 2 * seeds * rows
    kls = [
        run["splits"]["test"]["last"]["kl"]
        for run in results["runs"]
        if "test" in run["splits"] and run["seed"] == seeds
    ]
    assert sorted(row["ours"]["kl"]["values"][-1] for row in text["rows"]) == sorted(kls)
