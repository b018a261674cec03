"""The routes of the server, one file for each set of resources or dialect. They translate and do nothing else."""
