"""Stories: which articles are copies of one text.

A story is text reuse only: an outlet's article and whatever repeats its words, whole, in part or translated. An
independent report of the same event is a story of its own. An article joins a story once, when it arrives, by what
arrived before it within 72 hours, and stories never merge later: `narrative.copies.assign`.
"""
