"""How hard the property tests try: 50 examples while developing, 500 on a build machine.

``HYPOTHESIS_PROFILE`` names a profile; without it, ``CI`` in the environment chooses ``ci``.
"""

import os

from hypothesis import HealthCheck, settings

settings.register_profile("dev", max_examples=50, deadline=None)
settings.register_profile(
    "ci",
    max_examples=500,
    deadline=None,
    derandomize=True,
    # A build machine may be slow at any moment, which is no fault of a test.
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE") or ("ci" if os.environ.get("CI") else "dev"))
