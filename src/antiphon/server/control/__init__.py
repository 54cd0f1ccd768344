"""Routes below /_antiphon: what a running server got, and what it is to do."""
