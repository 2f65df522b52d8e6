"""As many open connections as this user may have."""

import resource


def many_files() -> None:
    """Raises the process's own limit to the highest that it may set."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
