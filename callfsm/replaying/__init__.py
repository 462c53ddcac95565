"""What replaying a recording takes: asking again, drawing the calls, and writing them as tests."""
