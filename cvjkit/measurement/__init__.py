"""Journeys measured from event logs."""
