"""Between a request and its handler: rendering, transactions, errors, and what every answer carries."""

from survey.web.addresses import Number
from survey.web.forms import LARGEST_UPLOAD, Form, Upload, mark_of, one, read_form
from survey.web.guard import Guard
from survey.web.handlers import action, page, upload
from survey.web.installation import Installation, installation
from survey.web.packing import packed
from survey.web.problems import Problem, hang_up, show_fault, show_http_error, show_problem
from survey.web.proxies import behind_proxies
from survey.web.rendering import (
    Page,
    as_asked,
    as_html,
    help_lines,
    marked,
    render,
    see,
    speak,
    spoken_to,
    static_file,
    templates_in,
)
from survey.web.throttle import Throttle

__all__ = [
    "LARGEST_UPLOAD",
    "Form",
    "Guard",
    "Installation",
    "Number",
    "Page",
    "Problem",
    "Throttle",
    "Upload",
    "action",
    "as_asked",
    "as_html",
    "behind_proxies",
    "hang_up",
    "help_lines",
    "installation",
    "mark_of",
    "marked",
    "one",
    "packed",
    "page",
    "read_form",
    "render",
    "see",
    "show_fault",
    "show_http_error",
    "show_problem",
    "speak",
    "spoken_to",
    "static_file",
    "templates_in",
    "upload",
]
