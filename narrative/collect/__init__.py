"""Outlets → pages: the guarded way to the network."""
