"""The program's own words: `en` and `zh` hold the same keys."""
