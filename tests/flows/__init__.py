"""Eleven mistakes that people make in call flows, each beside the flow as it should be.

Every module has two handlers: ``buggy``, as somebody would write it, and ``corrected``. `callfsm.testing.check_flow`
finds what is wrong with the first, and nothing with the second; `flows.test_seeded_bugs` holds it to that.
"""
