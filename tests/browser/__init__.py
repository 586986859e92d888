"""What a person sees, in a real browser, served by the real Voila and JupyterLab."""
