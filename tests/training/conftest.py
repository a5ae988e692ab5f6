"""What several processes run is no test."""

collect_ignore = ["in_processes.py", "several_runs_work.py"]
