"""What a milestone has earned for its money and its time."""
