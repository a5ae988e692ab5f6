from unvanish.cli import main


def test_the_schedules_are_those_of_the_equations(tmp_path, capsys):
    main(["reproduce", "schedules", "--out", str(tmp_path / "out"), "--quiet"])
    told = capsys.readouterr().out
    assert told.count("holds  ") == 2
    assert "does not hold" not in told
    report = (tmp_path / "out/report.md").read_text()
    assert "| cyclical, linear | 0.0000 | 0.2500 | 0.5000 | 1.0000 | 0.0000 | 1.0000 |" in report
    assert "| **holds** | no difference over 40,000 steps |" in report
    # (1 - cos(pi / 8)) / 2 and (1 - cos(pi / 4)) / 2
    assert "| monotonic, cosine | 0.0000 | 0.0381 | 0.1464 | 0.5000 | 1.0000 |" in report
    assert {file.name for file in (tmp_path / "out").iterdir()} >= {
        "schedules.svg",
        "schedules.png",
        "report.html",
        "results.json",
    }
