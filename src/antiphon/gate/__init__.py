"""What people do with verdicts: excuse known ones for a time, gate a build, and watch a target over many nights."""
