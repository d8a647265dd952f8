"""Larder beside other programs: the same work for each, by turns, in one run. `scripts/bench.py` is the command."""
