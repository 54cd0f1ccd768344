"""The file that Locust runs: `locust -f $(antiphon soak --locustfile) --host URL`."""

from antiphon.soak.load.hooks import SoakShape
from antiphon.soak.load.user import ApiUser

__all__ = ["ApiUser", "SoakShape"]
