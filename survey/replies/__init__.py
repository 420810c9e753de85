"""What we heard and what we will do: findings, replies, whether it was done, and who is told of it."""
