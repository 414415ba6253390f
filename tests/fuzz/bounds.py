"""How much is sent. Read where tests are collected: by then the profile of this run is known."""

from hypothesis import settings

IS_LONG = settings.get_current_profile_name() == "fuzz"
