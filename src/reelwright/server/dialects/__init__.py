"""Other systems' requests and answers, one file for each: OpenAI, Google, and the five systems. They translate only."""
