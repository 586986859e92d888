"""Runs Voila as dashboards need it."""

from cvjkit.publishing.voila.app import Dashboards

if __name__ == "__main__":
    Dashboards.launch_instance()
