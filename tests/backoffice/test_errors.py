"""Error pages: plain, with a way on and the request's id, and nothing of the inside."""

import pytest
from django.template.loader import render_to_string
from django.test import Client


@pytest.mark.parametrize("name", ["400", "403", "403_csrf", "404", "500"])
def test_an_error_page_names_the_request_and_a_way_on(name: str) -> None:
    page = render_to_string(f"{name}.html", {"request_id": "the-request"})
    assert "<code>the-request</code>" in page
    assert '<a href="/admin/">' in page
    assert '<html lang="en">' in page
    assert "<script" not in page


@pytest.mark.parametrize("name", ["400", "403", "403_csrf", "404", "500"])
def test_an_error_page_can_be_shown_when_nothing_is_known(name: str) -> None:
    assert "name this request" not in render_to_string(f"{name}.html")


@pytest.mark.django_db
def test_a_person_gets_a_page_for_what_is_not_there() -> None:
    answer = Client().get("/nowhere/")
    assert answer.status_code == 404
    assert f"<code>{answer['X-Request-ID']}</code>" in answer.content.decode()


@pytest.mark.django_db
def test_a_form_without_its_token_is_refused_with_a_page() -> None:
    answer = Client(enforce_csrf_checks=True).post("/admin/login/", {"username": "x"})
    assert answer.status_code == 403
    assert "The form was too old" in answer.content.decode()
