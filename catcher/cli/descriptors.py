"""Room for many connections: the soft limit on open files is 1024 on many systems, meant for programs that select()."""

import contextlib

ENOUGH = 65_536
"""Beyond it nothing is won; some systems have a hard limit of a thousand million, or refuse "infinity"."""


def raise_descriptor_limit() -> None:
    """Raise this process's soft limit on open files to the hard one, where there are such limits."""
    try:
        import resource
    except ImportError:  # not a Unix system
        return
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = ENOUGH if hard == resource.RLIM_INFINITY else min(hard, ENOUGH)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        with contextlib.suppress(OSError, ValueError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
