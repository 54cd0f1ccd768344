"""Several results side by side, as a site."""
