"""The roles of a figure: one function a role, over one small context.

A role function takes a `Mention` and gives its answer with the certainty of the cue that decided it. A learned scorer
can take the place of any of them. The words they know are in `data/figure_roles.toml`; `SEMANTICS.md` says what is
right.
"""
