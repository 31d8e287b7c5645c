"""How a job ended: Slurm's states, and what a statement calls them.

Source: sacct(1), *JOB STATE CODES*, Slurm 22.05 to 24.11.
"""

from __future__ import annotations

#: A statement's outcome of every state in which a job has ended.
OUTCOMES = {
    "COMPLETED": "reported",
    **dict.fromkeys(
        (
            "FAILED", "NODE_FAIL", "BOOT_FAIL", "OUT_OF_MEMORY", "TIMEOUT", "DEADLINE", "LAUNCH_FAILED",
            "RECONFIG_FAIL", "SPECIAL_EXIT",
        ),
        "failed",
    ),
    **dict.fromkeys(("CANCELLED", "PREEMPTED", "REVOKED", "REQUEUED"), "aborted"),
}  # fmt: skip
#: States in which a job has not ended: its figures will still change.
UNFINISHED = frozenset(
    (
        "PENDING", "RUNNING", "SUSPENDED", "COMPLETING", "CONFIGURING", "RESIZING", "SIGNALING", "STAGE_OUT",
        "STOPPED", "REQUEUE_FED", "REQUEUE_HOLD", "RESV_DEL_HOLD", "UPDATE_DB",
    )
)  # fmt: skip
#: What people call the outcomes of jobs.
WORDS = {"reported": "completed", "failed": "failed", "aborted": "cancelled"}


def state_of(cell: str) -> str:
    """Return the state without who cancelled the job, and without the ``+`` of a word that was cut."""
    return cell.partition(" ")[0].rstrip("+")
