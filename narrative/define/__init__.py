"""A user's own narrative, tried on a corpus: which stories to ask about, and what the answers are worth."""
