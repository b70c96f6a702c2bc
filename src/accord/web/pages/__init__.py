"""One file a page: its views, thin."""
