"""Off the network: what is printed for a session, forms typed in twice, sessions and what was counted there."""
