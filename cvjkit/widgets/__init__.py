"""What one types into and looks at, in JupyterLab and on a dashboard."""
