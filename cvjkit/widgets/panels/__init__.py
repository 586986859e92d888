"""The sections of the Designer."""
