"""The verbs of the studio, grouped by what a person does. ``AsyncStudio`` inherits from each group."""
