"""What one learner did, and what follows from it."""

# In the data folder, the file of the journal and the folder of its backups; here, so that looking for them
# loads nothing else.
JOURNAL = "progress.sqlite"
BACKUPS = "backups"
