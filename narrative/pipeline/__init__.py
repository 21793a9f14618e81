"""Article → annotation: a spaCy pipeline, one component a file.

`document.py` lists what goes into a `Doc` and what the components leave on it; `load.py` puts them in order.
"""
