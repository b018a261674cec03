"""The command line: one file per verb."""

import gc

# A verb is a short program that makes objects and keeps them: collecting after every 700 of them, as is usual, takes an
# eighth of all the time until a quote is printed, most of it while modules are imported. So it is set before that.
gc.set_threshold(100_000, 10, 10)
