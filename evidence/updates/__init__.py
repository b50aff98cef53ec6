"""What an update changes; here: a published pooled proportion computed again, then updated."""
