"""The sample corpus: its articles as data, the templates of its outlets, and what makes pages of them."""
