def local_path(url: str) -> str:
    """Return the path when it stays on this site, else `/`."""
    # "//host" and "/\host" leave this site in a browser, and so does a path with a line break or a tab in it.
    leaves = not url.startswith("/") or url[1:2] in {"/", "\\"} or any(sign < " " for sign in url)
    return "/" if leaves else url
