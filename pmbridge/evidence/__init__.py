"""Reading of evidence that lies in files and texts, rather than in a tracker's fields."""
