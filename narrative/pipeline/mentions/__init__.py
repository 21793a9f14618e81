"""What the entities are made of: which forms are names and of what, funds named by what they hold, unknown names."""
