"""Jobs of workers that were killed are taken up again."""

from datetime import UTC, datetime

from procrastinate import JobContext
from procrastinate.contrib.django import app
from procrastinate.jobs import Status

from accord.config.worker import STALLED
from accord.jobs.tasks import every_15_seconds


# It holds no lock that a killed run of its own could keep.
@app.periodic(cron=every_15_seconds(after=12), queue="clock", queueing_lock="rescue")
@app.task(name="rescue", pass_context=True)
async def rescue(context: JobContext, timestamp: int | None = None) -> None:
    """Run stalled jobs again. Those of the clock are dropped: the next one is on its way."""
    manager = context.app.job_manager
    for job in await manager.get_stalled_jobs(seconds_since_heartbeat=STALLED):
        if job.id is None:
            continue
        if job.queueing_lock:
            await manager.finish_job_by_id_async(job.id, Status.FAILED, delete_job=True)
        else:
            await manager.retry_job_by_id_async(job.id, datetime.now(UTC))
