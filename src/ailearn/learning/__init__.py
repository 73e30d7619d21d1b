"""What one learner did, and what follows from it."""

# The file of the journal in the data folder; here, so that looking whether there is one loads nothing else.
JOURNAL = "progress.sqlite"
