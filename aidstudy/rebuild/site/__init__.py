"""The site of the study: pages that work offline, numbers as links to their trails."""
