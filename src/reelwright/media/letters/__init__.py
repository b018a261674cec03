"""Letters as text: graphemes, case, stacks of faces and what those cover. Pure, and loads no drawing library."""
