"""First files of a repository that judges a server: configuration, workflow and baseline."""
