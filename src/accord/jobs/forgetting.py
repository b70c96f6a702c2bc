"""What is kept no longer."""

from datetime import UTC, datetime

from procrastinate.contrib.django import app


@app.periodic(cron="7 * * * *", queue="clock", queueing_lock="forget_tries")
@app.task(name="forget_tries")
def forget_tries(timestamp: int | None = None) -> None:
    """Drop what was counted of those who tried to sign in or sent a form long ago."""
    from accord.teams.actions import forget_old_tries

    forget_old_tries(at=datetime.now(UTC))
