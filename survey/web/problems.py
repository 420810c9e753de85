"""What goes wrong, said in the same plain voice as everything else."""

from urllib.parse import urlsplit

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from questions.messages import _
from survey.web.headers import guarded
from survey.web.installation import installation
from survey.web.rendering import Page, render, spoken_to

MACHINES = "/api/"  # addresses below it are read by machines, and by pages of other sites
OPEN = {"access-control-allow-origin": "*"}


class Problem(Exception):
    """What stops a person from going on, said so that they know what to do."""

    def __init__(self, status: int, title: str, sentence: str, template: str = "problem.html") -> None:
        super().__init__(title)
        self.status, self.title, self.sentence, self.template = status, title, sentence, template


def show_problem(request: Request, problem: Exception) -> Response:
    """A page for a problem that a handler raised."""
    assert isinstance(problem, Problem)
    return _problem_page(request, problem.status, problem.title, problem.sentence, problem.template)


def _problem_page(
    request: Request, status: int, title: str, sentence: str, template: str = "problem.html"
) -> Response:
    say = spoken_to(request).say
    if _for_machines(request) or request.headers.get("accept") == "application/json":
        told = {"title": say(title), "sentence": say(sentence)}
        return JSONResponse(told, status, headers=OPEN if _for_machines(request) else None)
    shown = {"title": say(title), "sentence": say(sentence), "back": _sent_from(request, status)}
    return render(Page(template, shown, status), request)


def _for_machines(request: Request) -> bool:
    """Whether an address is one of those that machines read."""
    return request.url.path.startswith(MACHINES)


def _sent_from(request: Request, status: int) -> str:
    """The page of ours whose form a member of staff sent, or ""; only its path, so that it leads to no other host.

    An address that only takes forms, opened as a page (a reload does that), leads to the page above it.
    """
    if status == 405 and request.url.path.startswith("/staff/"):
        return request.url.path.rpartition("/")[0]
    page = urlsplit(request.headers.get("referer", ""))
    ours = page.netloc == request.url.netloc and page.path.startswith("/staff")
    return f"{page.path}?{page.query}".rstrip("?") if ours and request.method == "POST" else ""


def hang_up(_request: Request, _gone: Exception) -> Response:
    """For somebody whose connection broke while they were sending: nobody hears this, and nothing was stored."""
    return Response(status_code=400)


def show_http_error(request: Request, error: Exception) -> Response:
    """A page for an address that is not there, or that is used in the wrong way."""
    assert isinstance(error, HTTPException)
    if error.status_code == 404 and _for_machines(request):
        title = _("Nothing is published there")
        sentence = _("Results stand on this site once they are published.")
    elif error.status_code == 404:
        title = _("We cannot find that page")
        sentence = _("Check the address, or start again from the code you were given.")
    else:
        title = _("That does not work here")
        sentence = _("Please go back and use the buttons on the page.")
    response = _problem_page(request, error.status_code, title, sentence)
    response.headers.update(error.headers or {})
    return response


def show_fault(request: Request, _error: Exception) -> Response:
    """A page for a fault of ours. It is made outside the guard, and so brings the headers of every answer itself."""
    title = _("Sorry, that did not work")
    sentence = _("Something went wrong on our side, not yours. Please go back and try again in a minute.")
    response = _problem_page(request, 500, title, sentence)
    response.raw_headers = guarded(response.raw_headers, secure=installation(request).settings.secure)
    return response
