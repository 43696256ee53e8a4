"""Quality of a recording: scores, the reasons for them, and what may be done with it.

Observations come first (`observations`), then a versioned table of penalties (`penalties`), then the scores
that follow from both (`scoring`).
"""
