"""Ids: time-ordered inside, typed and regional outside."""

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.platform import ids

uuids = st.integers(0, 2**128 - 1).map(lambda number: UUID(int=number))


@given(uuids, st.sampled_from(["acct", "txn"]), st.sampled_from(["eu", "us"]))
def test_what_is_encoded_is_decoded(value: UUID, kind: str, region: str) -> None:
    text = ids.encode(kind, value, region=region)
    assert ids.decode(text, kind=kind) == (region, value)
    assert len(text) == len(f"{kind}_{region}_") + 26


@given(uuids, uuids)
def test_the_text_sorts_as_the_id_does(one: UUID, other: UUID) -> None:
    texts = [ids.encode("txn", value, region="eu") for value in (one, other)]
    assert (texts[0] < texts[1]) == (one < other)


def test_a_new_id_is_a_version_7_and_grows_with_time() -> None:
    found = [ids.new_id() for _ in range(1000)]
    assert {(value.version, value.variant) for value in found} == {(7, "specified in RFC 4122")}
    assert len(set(found)) == 1000
    moments = [value.int >> 80 for value in found]
    assert moments == sorted(moments)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "acct_eu_",
        "txn_eu_00000000000000000000000000",
        "acct_eu_0000000000000000000000000",
        "acct_eu_000000000000000000000000000",
        "acct_eu_0000000000000000000000000U",
        "acct_eu_zzzzzzzzzzzzzzzzzzzzzzzzzz",
        "acct_EU_00000000000000000000000000",
        "acct_eu_00000000000000000000000000\n",
    ],
)
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(ids.MalformedId):
        ids.decode(text, kind="acct")
