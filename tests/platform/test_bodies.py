"""Bodies and queries that a program in good faith would not send: told, and never a 500."""

import json
import zlib
from io import BytesIO
from typing import Any, cast

import pytest
from django.http import HttpRequest
from django.test import RequestFactory
from rest_framework.exceptions import ParseError, ValidationError
from rest_framework.parsers import BaseParser
from rest_framework.request import Request
from rest_framework.test import APIRequestFactory

from apps.platform.rest import BoundedJSONParser, Page
from config.wsgi import Utf8Request, application

JSON = "application/json"


def _read(body: bytes, content_type: str = JSON) -> Any:
    parser: BaseParser = BoundedJSONParser()
    wsgi: HttpRequest = RequestFactory().generic("POST", "/", body, content_type=content_type)
    return Request(wsgi, parsers=[parser]).data


def test_a_body_is_read_as_it_is() -> None:
    assert _read(b'{"a": [1, 2.5, null], "b": "\xc3\xa9"}') == {"a": [1, 2.5, None], "b": "\u00e9"}


@pytest.mark.parametrize(
    "body",
    [
        b'{"a": 1, "a": 2}',
        b'{"a": {"b": 1, "b": 2}}',
        b'{"a": 1e400}',
        b'{"a": -1e400}',
        b'{"a": NaN}',
        b'{"a": Infinity}',
        b'{"a": ' + b"9" * 5000 + b"}",
        b"[" * 400_000,
        b'{"a":' * 100_000 + b"1" + b"}" * 100_000,
        b'\xef\xbb\xbf{"a": 1}',
        b'{"a": "\xff"}',
    ],
)
def test_what_two_readers_could_take_for_two_things_is_refused(body: bytes) -> None:
    with pytest.raises(ParseError):
        _read(body)


@pytest.mark.parametrize("codec", ["zlib", "bz2", "utf-16", "rot13", "undefined", "idna"])
def test_json_is_utf_8_whatever_charset_is_named(codec: str) -> None:
    told = f"{JSON}; charset={codec}"
    assert _read(b'{"a": 1}', told) == {"a": 1}
    for body in (zlib.compress(b'{"a": 1}'), json.dumps({"a": 1}).encode("utf-16")):
        with pytest.raises(ParseError):
            _read(body, told)


@pytest.mark.django_db
@pytest.mark.parametrize("codec", ["zlib", "hex", "undefined", "utf-16", "nonsense"])
@pytest.mark.parametrize("kind", ["multipart/form-data; boundary=x", "text/plain"])
def test_no_codec_of_a_strangers_choice_decodes_a_form_or_a_query(kind: str, codec: str) -> None:
    form = b'--x\r\nContent-Disposition: form-data; name="username"\r\n\r\na\xff\r\n--x--'
    environ = RequestFactory().generic("GET", "/health/live?a=%ff", form).environ
    environ |= {"CONTENT_TYPE": f"{kind}; charset={codec}", "HTTP_HOST": "testserver"}
    answered: list[str] = []
    cast("Any", application)(environ, lambda status, *_: answered.append(status))
    request = Utf8Request(environ | {"REQUEST_METHOD": "POST", "wsgi.input": BytesIO(form)})
    assert answered == ["200 OK"]
    assert request.GET["a"] == "\ufffd"
    assert request.POST.get("username", "a\ufffd") == "a\ufffd"


@pytest.mark.parametrize(
    "limit", ["0", "101", "9" * 5000, "-1", "+1", " 1", "1e1", "\uff15", "\u00b2"]
)
def test_a_limit_is_a_small_number(limit: str) -> None:
    request = Request(APIRequestFactory().get("/", {"limit": limit}))
    with pytest.raises(ValidationError):
        Page.of(request)
