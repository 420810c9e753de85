"""What changed, as a feed that readers of feeds can trust: RFC 4287."""

import datetime as dt
from xml.etree import ElementTree as ET

from survey.models import Answer
from tests.survey.conftest import House, switch_on
from tests.survey.replying import TODAY, promised

ATOM = "{http://www.w3.org/2005/Atom}"


def read(house: House, address: str = "/did.atom") -> ET.Element:
    answer = house.client.get(address)
    assert answer.headers["content-type"] == "application/atom+xml; charset=utf-8"
    return ET.fromstring(answer.content)


def test_it_has_what_the_standard_asks_of_a_feed_and_of_each_entry(house: House) -> None:
    promised(house, promise="Buses & <trams>", topics=["travel"], due=TODAY + dt.timedelta(days=9))
    promised(house, answer=Answer.NO, because="There is no money.", topics=["places"])
    root = read(house)
    assert root.tag == f"{ATOM}feed"
    for one in (root, *root.iter(f"{ATOM}entry")):
        for name in ("id", "title", "updated"):
            (found,) = one.findall(f"{ATOM}{name}")
            assert found.text
        moment = one.findtext(f"{ATOM}updated")
        assert moment is not None
        assert dt.datetime.fromisoformat(moment).tzinfo
    assert root.findtext(f"{ATOM}author/{ATOM}name") == "Soundings"
    links = {one.get("rel"): one.get("href") for one in root.findall(f"{ATOM}link")}
    assert links == {
        "self": "http://127.0.0.1:8000/did.atom",
        "alternate": "http://127.0.0.1:8000/did",
    }
    keys = [one.findtext(f"{ATOM}id") for one in root.iter(f"{ATOM}entry")]
    assert len({*keys}) == len(keys) == 4  # two findings, two replies
    words = "".join(one.findtext(f"{ATOM}content") or "" for one in root.iter(f"{ATOM}entry"))
    assert "Buses & <trams>" in words
    assert "Because: There is no money." in words
    for entry in root.iter(f"{ATOM}entry"):
        (link,) = entry.findall(f"{ATOM}link")
        assert (link.get("href") or "").startswith("http://127.0.0.1:8000/")


def test_it_is_narrowed_by_topic_and_borough(house: House) -> None:
    promised(house, promise="Buses", topics=["travel"], borough="E09000022")
    promised(house, promise="Clubs", topics=["places"])
    assert "Clubs" not in ET.tostring(read(house, "/did.atom?topic=travel"), "unicode")
    lambeth = ET.tostring(read(house, "/did.atom?borough=E09000022"), "unicode")
    assert "Buses" in lambeth
    assert "Clubs" not in lambeth
    assert "Lambeth" in lambeth
    assert read(house, "/did.atom?topic=travel").findtext(f"{ATOM}id") != read(house).findtext(f"{ATOM}id")


def test_whoever_asks_again_hears_only_what_is_new(house: House) -> None:
    promised(house)
    first = house.client.get("/did.atom")
    again = house.client.get("/did.atom", headers={"if-none-match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    promised(house)
    later = house.client.get("/did.atom", headers={"if-none-match": first.headers["etag"]})
    assert later.status_code == 200
    house.clock.forward(days=1)
    assert house.client.get("/did.atom").headers["etag"] == later.headers["etag"]


def test_it_is_a_feed_before_anything_has_happened_and_in_arabic(house: House) -> None:
    switch_on(house, "ar")
    root = read(house, "/did.atom?lang=ar")
    assert not [*root.iter(f"{ATOM}entry")]
    assert root.findtext(f"{ATOM}updated")
    assert root.get("{http://www.w3.org/XML/1998/namespace}lang") == "ar"
