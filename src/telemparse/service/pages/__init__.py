"""Pages for people: the list of sessions and one page a session, over the JSON interface."""
