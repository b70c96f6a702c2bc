"""What goes out. What is not known is null; all instants are in UTC."""
