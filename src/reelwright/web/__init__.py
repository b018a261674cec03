"""The pages of the studio, for people in a browser: one folder for each noun, with its routes, views and templates."""
