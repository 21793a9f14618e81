"""One encoder, many heads: a small transformer reads an article once, and every later component asks it.

`wordpieces.py` and `windows.py` say what the network is given, `layout.py` which columns of its output mean what,
`backends.py` how it is run, `encoding.py` how a component asks what a stretch of text means. `network.py` is the same
network in PyTorch, for training and for a GPU.
"""
