"""Bodies, queries and headers that a program in good faith would not send: told, and never a 500."""

import json
import zlib
from typing import Any

import pytest
from django.http import HttpRequest
from django.test import Client
from rest_framework.exceptions import ParseError, ValidationError
from rest_framework.parsers import BaseParser
from rest_framework.request import Request
from rest_framework.test import APIRequestFactory

from apps.platform.rest import BoundedJSONParser, Page

JSON = "application/json"


def _read(body: bytes, content_type: str = JSON) -> Any:
    parser: BaseParser = BoundedJSONParser()
    wsgi: HttpRequest = APIRequestFactory().generic("POST", "/", body, content_type=content_type)
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
        b"",
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


@pytest.mark.parametrize("codec", ["zlib", "hex", "undefined", "nonsense"])
def test_no_form_is_decoded_by_a_codec_of_the_callers_choice(client: Client, codec: str) -> None:
    """Anonymous: the first thing that anybody can reach."""
    form = b'--x\r\nContent-Disposition: form-data; name="username"\r\n\r\na\xff\r\n--x--'
    for body, kind in ((form, "multipart/form-data; boundary=x"), (b"a=b", "text/plain")):
        answer = client.generic(
            "POST", "/admin/login/?next=/%ff", body, content_type=f"{kind}; charset={codec}"
        )
        assert answer.status_code == 200


@pytest.mark.parametrize(
    "limit", ["0", "101", "9" * 5000, "-1", "+1", " 1", "1e1", "\uff15", "\u00b2"]
)
def test_a_limit_is_a_small_number(limit: str) -> None:
    request = Request(APIRequestFactory().get("/", {"limit": limit}))
    with pytest.raises(ValidationError):
        Page.of(request)
