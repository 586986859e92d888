"""Pictures of a flow, as plain data and as plotly figures."""
