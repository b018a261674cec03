"""Steps: the run of one step, its clock, and what the engine calls of the studio, the hands and the vault."""
