"""Benchmarks of the bars in the quality plan: `python -m benchmarks NAME…`, `lms bench NAME…`, `make bench`.

A benchmark is a module here with `run(*, full: bool) -> Iterator[Figure]`: small by default (seconds, to see that it
works), at the size of the bar with `full`. Figures say with which command, machine and day they were measured.
"""
