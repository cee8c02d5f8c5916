"""What is held about a person, how long, and that it gets nowhere else."""
