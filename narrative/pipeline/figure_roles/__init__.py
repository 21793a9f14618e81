"""The roles of a figure: one function a role, over one small context.

A role function takes a `Mention` and gives its answer with the certainty of the cue that decided it. Kind, direction,
status, subject and source are then weighed by a scorer, for which the rules name candidates and features (`scorer.py`).
The words they know are in `data/figure_roles.toml` and `data/figure_phrases.toml`; `SEMANTICS.md` says what is
right.
"""
