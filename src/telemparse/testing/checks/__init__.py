"""The examinations behind the promises, one room a subject matter."""
