"""Measurements of the installed program; `python -m bench` prints them."""
