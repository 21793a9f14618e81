"""The corpus on disk: Delta tables, import and export, engines."""
