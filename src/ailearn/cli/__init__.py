"""All argument parsing: one short file for each group of verbs, loaded when one of them is called."""
