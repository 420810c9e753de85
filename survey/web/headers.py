"""The headers that go with everything we send."""

from functools import cache

from survey.web.rendering import style_hash, stylesheet

Headers = list[tuple[bytes, bytes]]

COMBINED = (
    ("soundings",),
    ("soundings", "replies"),
    ("soundings", "staff"),
    ("soundings", "staff", "replies"),
    ("soundings", "print"),
    ("soundings", "told"),
    ("soundings", "told", "replies"),
    ("soundings", "projector"),
    ("soundings", "panel"),
)  # stylesheets as pages inline them
OFF = (
    "accelerometer",
    "camera",
    "display-capture",
    "geolocation",
    "gyroscope",
    "microphone",
    "payment",
    "usb",
)


@cache
def security_headers(*, secure: bool) -> Headers:
    """What keeps other sites out and ours in; secure: people come over TLS, and browsers shall never come without."""
    styles = " ".join(style_hash(stylesheet(*names)) for names in COMBINED)
    policy = (
        f"default-src 'none'; style-src {styles}; script-src 'self'; "
        "img-src 'self' data:; connect-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-src 'self'; frame-ancestors 'self'"
    )
    headers = {
        "content-security-policy": policy,
        "referrer-policy": "same-origin",
        "x-content-type-options": "nosniff",
        "cross-origin-opener-policy": "same-origin",
        "cross-origin-resource-policy": "same-origin",
        "permissions-policy": ", ".join(f"{feature}=()" for feature in OFF),
    }
    if secure:
        headers["strict-transport-security"] = "max-age=31536000"
    return [(name.encode(), value.encode()) for name, value in headers.items()]


def guarded(headers: Headers, *, secure: bool) -> Headers:
    """An answer's headers with ours; nothing is kept by a browser unless its handler said so."""
    said = any(name == b"cache-control" for name, _ in headers)
    return [*headers, *security_headers(secure=secure), *([] if said else [(b"cache-control", b"no-store")])]
