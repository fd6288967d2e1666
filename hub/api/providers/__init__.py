"""What providers of SMS and voice tell us later."""
