"""What changed since the last version and why; and a published proportion computed again, then updated."""
