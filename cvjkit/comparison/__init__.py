"""Journeys seen through several frameworks, side by side."""
