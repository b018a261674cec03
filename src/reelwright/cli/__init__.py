"""The command line: a file for each verb or for a few about one thing."""

import gc

# A verb is a short program that keeps the objects it makes. Python collects garbage after every 700 of them by
# default, which takes an eighth of the time until a quote is printed, most of it while modules are imported.
gc.set_threshold(100_000, 10, 10)
