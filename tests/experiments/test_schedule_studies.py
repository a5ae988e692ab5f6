"""The studies of M, R and constant beta on runs of a few steps."""

import json

import pytest

from unvanish.cli import main


@pytest.mark.slow
@pytest.mark.parametrize(("name", "claims", "rows"), [("cycles", 6, 4), ("constant-beta", 2, 3)])
def test_a_study_tells_every_setting_on_both_problems(short, tmp_path, capsys, name, claims, rows):
    out = tmp_path / "out"
    main(["reproduce", name, "--quick", f"--out={out}", "--quiet", "--device=cpu", "--seeds=2"])
    results = json.loads((out / "results.json").read_text())
    assert len(results["summary"]["claims"]) == claims
    sequences, text = results["summary"]["tables"]
    assert len(sequences["rows"]) == len(text["rows"]) == rows
    assert len(results["runs"]) == 2 * 2 * rows
    kls = [
        run["splits"]["test"]["last"]["kl"]
        for run in results["runs"]
        if "test" in run["splits"] and run["seed"] == 2
    ]
    assert sorted(row["ours"]["kl"]["values"][1] for row in text["rows"]) == sorted(kls)
    verdicts = {claim["verdict"] for claim in results["summary"]["claims"]}
    assert verdicts == {"not established"}
