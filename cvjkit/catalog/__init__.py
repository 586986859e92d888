"""What the documents say, as data: milestones, frameworks, tactics."""
