"""The suites of these applications are run by themselves, before and after a conversion."""

collect_ignore_glob = ["*"]
