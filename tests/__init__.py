"""The tests of cvjkit, a file for each module."""
