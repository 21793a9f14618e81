"""Annotations and findings → people: terminal, HTML, Markdown, tables."""
