"""POSTs that take effect once, however often they are sent."""

import json
import re
from collections.abc import Callable, Mapping
from typing import Any, Final

from django.db import transaction
from django.http import HttpResponse
from rest_framework.request import Request
from rest_framework.utils.encoders import JSONEncoder

from apps.platform import clock
from apps.platform.idempotency import public as idempotency
from apps.platform.problems import Problem

from .access import actor_of
from .responses import MEDIA_TYPE, body_of

_KEY: Final = re.compile(r"[\x21-\x7e]{1,255}")


class KeyMissing(Problem):
    """A POST that moves money came without a usable Idempotency-Key."""

    slug, title, status = "idempotency/key-missing", "Idempotency-Key missing", 400


def key_of(request: Request) -> str:
    """Return the Idempotency-Key: 1 to 255 printable ASCII characters. Raises KeyMissing."""
    key = request.headers.get("Idempotency-Key", "")
    if _KEY.fullmatch(key) is None:
        raise KeyMissing("send an Idempotency-Key of 1 to 255 printable ASCII characters")
    return key


def once(request: Request, *, status: int, work: Callable[[], Mapping[str, Any]]) -> HttpResponse:
    """Run `work` and keep its answer, in one transaction; a repeat gets the kept answer.

    A refusal (422) undoes the work and is kept too: a retry after a top-up would surprise. Other
    problems undo everything and keep nothing. Raises what idempotency.claim and `work` raise.
    """
    try:
        with transaction.atomic(durable=True):
            if (earlier := _claim(request)) is not None:
                return _response(earlier, replayed=True)
            answer = idempotency.Answer(status, _json(work()), "application/json")
            _keep(request, answer)
    except Problem as refusal:
        if refusal.status != 422 or isinstance(refusal, idempotency.KeyReused):
            raise
        return _keep_refusal(request, refusal)
    return _response(answer, replayed=False)


def _keep_refusal(request: Request, refusal: Problem) -> HttpResponse:
    """Keep a refusal after its work was undone; whoever got in between has answered."""
    answer = idempotency.Answer(refusal.status, _json(body_of(refusal)), MEDIA_TYPE)
    with transaction.atomic(durable=True):
        if (earlier := _claim(request)) is not None:
            return _response(earlier, replayed=True)
        _keep(request, answer)
    return _response(answer, replayed=False)


def _claim(request: Request) -> idempotency.Answer | None:
    return idempotency.claim(
        now=clock.now(),
        scope=_scope(request),
        key=key_of(request),
        fingerprint=idempotency.fingerprint(request.data),
    )


def _keep(request: Request, answer: idempotency.Answer) -> None:
    idempotency.keep(now=clock.now(), scope=_scope(request), key=key_of(request), answer=answer)


def _scope(request: Request) -> str:
    return f"{actor_of(request).key} {request.method} {request.path_info}"


def _json(data: Mapping[str, Any]) -> str:
    return json.dumps(data, cls=JSONEncoder, separators=(",", ":"), ensure_ascii=False)


def _response(answer: idempotency.Answer, *, replayed: bool) -> HttpResponse:
    response = HttpResponse(answer.body, status=answer.status, content_type=answer.media_type)
    if replayed:
        response["Idempotency-Replayed"] = "true"
    return response
