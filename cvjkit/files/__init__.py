"""Journeys as files: TOML, CSV, XLSX, and code."""
