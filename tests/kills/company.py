"""Sets up a small company in the home of this process's environment: run as a module."""

import os
from datetime import UTC, datetime

if __name__ == "__main__":
    os.environ["DJANGO_SETTINGS_MODULE"] = "accord.config.settings"
    import django

    django.setup()

    from accord.flows.begin import Company, add_person, begin
    from accord.teams.actions import Newcomer

    now = datetime.now(UTC)
    every_day = {
        day: [["00:00", "24:00"]] for day in ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
    }
    begin(
        company=Company("Halden", "EUR", "Europe/Berlin", every_day),
        first=Newcomer("ada@halden.example", "Ada", ["admin"], "long-enough-for-all"),
        at=now,
    )
    for name in ("sam", "lena", "jonas"):
        person = Newcomer(f"{name}@halden.example", name.title(), ["rep"])
        add_person(newcomer=person, at=now)
