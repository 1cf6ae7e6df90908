"""Tests of catcher.smtp.connections."""

from catcher.smtp.connections import connection_limit


def test_the_limit_leaves_file_descriptors_for_others() -> None:
    """Without descriptors the database and HTTP would fail, too."""
    import resource

    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    assert connection_limit(10) == 10
    assert connection_limit(0) < soft or soft == resource.RLIM_INFINITY
    assert connection_limit(10**9) == connection_limit(0) or soft == resource.RLIM_INFINITY
