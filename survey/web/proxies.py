"""For whom a proxy says that it speaks."""

from starlette.types import ASGIApp
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware


def behind_proxies(app: ASGIApp, proxies: str) -> ProxyHeadersMiddleware:
    """An app that takes the address of a client from the proxies that it trusts, and remembers none.

    proxies: their addresses and networks, as uvicorn's `forwarded_allow_ips` has them.
    """
    told = ProxyHeadersMiddleware(app, proxies)  # type: ignore[arg-type]
    known = told.trusted_hosts
    known._trusts = known._compute_trust  # type: ignore[assignment]  # its own would remember 4,096 addresses
    return told
