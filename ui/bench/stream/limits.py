"""As many open connections as this user may have."""

import resource

from ui.bench.errors import FilesLimited

BESIDE = 200
"""Files of a process that are no connections: libraries, records, pipes."""


def many_files() -> None:
    """Raises the process's own limit to the highest that it may set."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


def check_files(clients: int) -> None:
    """Raises FilesLimited where the service could not hold so many connections."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    if most != resource.RLIM_INFINITY and most < clients + BESIDE:
        raise FilesLimited(clients=clients, files=clients + BESIDE, most=most)
