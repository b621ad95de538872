"""The course in a browser tab: a static folder in which every notebook runs, nothing installed."""
