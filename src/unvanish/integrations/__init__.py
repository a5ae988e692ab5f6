"""Schedules in the trainers people already use, one module or folder a framework.

Each imports its framework, the schedules and :mod:`unvanish.measures`, nothing else, so that none
is needed but the one in use. That of scikit-learn stands on runs and training instead.
"""
