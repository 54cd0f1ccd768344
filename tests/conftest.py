"""A busy machine does not decide whether a test with random input passes; garbage is looked for as in a command."""

import gc

from hypothesis import HealthCheck, settings

from antiphon.cli import COLLECTS

settings.register_profile("tests", deadline=None, suppress_health_check=[HealthCheck.too_slow], print_blob=True)
settings.load_profile("tests")
gc.set_threshold(*COLLECTS)
