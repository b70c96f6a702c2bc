"""What marketing makes for sales: requests for content, and what became of them."""
