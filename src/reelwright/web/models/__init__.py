"""The page of AI models: what each can do, what it costs, whether its key is here, and when it retires."""
