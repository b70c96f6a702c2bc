"""Sets up a company with four reps in the Accord of ACCORD_HOME, and prints a key for its API.

python -m tests.kills.company
"""

from datetime import UTC, datetime

from accord.cli.ready import ready


def main() -> None:
    ready()
    from accord.flows.begin import Company, add_person, begin
    from accord.teams.actions import SAMPLE_WEEK, Newcomer, add_token
    from accord.teams.models import Role

    at = datetime.now(UTC)
    heads = [Role.HEAD_OF_SALES, Role.HEAD_OF_MARKETING, Role.ADMIN]
    first = Newcomer("head@halden.example", "Sofia", heads, None)
    company = Company("Halden", "EUR", "Europe/Berlin", SAMPLE_WEEK)
    head = begin(company=company, first=first, at=at)
    for name in ("mira", "tom", "ines", "sam"):
        rep = Newcomer(f"{name}@halden.example", name.title(), [Role.REP], None)
        add_person(newcomer=rep, at=at)
    print(add_token(user_id=head.id, name="kills", at=at))  # noqa: T201


if __name__ == "__main__":
    main()
