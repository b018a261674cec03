"""The catalogue of AI models: strict YAML data about what each accepts and costs, and prices computed from it."""
