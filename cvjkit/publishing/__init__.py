"""Dashboards, the server behind them, and pages to print."""
