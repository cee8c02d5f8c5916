"""The lowest room: pure functions on text, phones, dates and numbers. It imports nothing else of `lms`."""
