"""An invented country for benchmarks: places, people, posts and training over three years, loaded in bulk.

Everything is drawn from a seed and a last day, so the same options give the same figures anywhere. It stands beside
the units that ship with the product and is marked as invented, and it is never let into a register of real people.
"""
