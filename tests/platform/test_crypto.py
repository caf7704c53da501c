"""What is sealed opens in its own place with its own key, and nowhere else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import Settings

from apps.platform import crypto

KEY = bytes(range(32))
ABOUT = "accounts_customer|email|0190"
texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=80)
keys = st.binary(min_size=32, max_size=32)


@pytest.fixture(autouse=True)
def two_generations(settings: Settings) -> None:
    settings.PROBITY_KEKS = {1: b"\x01" * 32, 2: b"\x02" * 32}


@given(key=keys, text=texts, about=texts)
def test_what_is_sealed_opens_with_its_key_in_its_place(key: bytes, text: str, about: str) -> None:
    assert crypto.unseal(key, crypto.seal(key, text, about=about), about=about) == text


@given(text=texts, about=texts, other=texts)
def test_a_ciphertext_moved_elsewhere_does_not_open(text: str, about: str, other: str) -> None:
    sealed = crypto.seal(KEY, text, about=about)
    if about == other:
        assert crypto.unseal(KEY, sealed, about=other) == text
    else:
        with pytest.raises(crypto.Undecipherable):
            crypto.unseal(KEY, sealed, about=other)


def test_another_key_does_not_open_it() -> None:
    with pytest.raises(crypto.Undecipherable):
        crypto.unseal(b"\xff" * 32, crypto.seal(KEY, "text", about=ABOUT), about=ABOUT)


def test_every_flipped_bit_of_a_sealed_text_is_refused() -> None:
    sealed = crypto.seal(KEY, "text", about=ABOUT)
    for position in range(len(sealed) * 8):
        with pytest.raises(crypto.Undecipherable):
            crypto.unseal(KEY, flipped(sealed, position), about=ABOUT)


def test_every_flipped_bit_of_a_wrapped_key_is_refused() -> None:
    wrapped = crypto.wrap(KEY)
    for position in range(len(wrapped) * 8):
        with pytest.raises(crypto.Undecipherable):
            crypto.unwrap(flipped(wrapped, position))


def test_every_truncation_is_refused() -> None:
    sealed, wrapped = crypto.seal(KEY, "text", about=ABOUT), crypto.wrap(KEY)
    for length in range(len(sealed)):
        with pytest.raises(crypto.Undecipherable):
            crypto.unseal(KEY, sealed[:length], about=ABOUT)
    for length in range(len(wrapped)):
        with pytest.raises(crypto.Undecipherable):
            crypto.unwrap(wrapped[:length])


@given(st.binary(max_size=80))
def test_arbitrary_bytes_are_refused(noise: bytes) -> None:
    with pytest.raises(crypto.Undecipherable):
        crypto.unseal(KEY, noise, about=ABOUT)
    with pytest.raises(crypto.Undecipherable):
        crypto.unwrap(noise)


def test_the_same_text_is_never_sealed_to_the_same_bytes() -> None:
    assert len({crypto.seal(KEY, "text", about=ABOUT) for _ in range(100)}) == 100


def test_the_clear_text_is_not_in_the_sealed_bytes() -> None:
    assert b"somebody@example.com" not in crypto.seal(KEY, "somebody@example.com", about=ABOUT)


def test_a_data_key_comes_back_from_its_wrapping() -> None:
    key = crypto.new_data_key()
    assert len(key) == 32
    assert crypto.unwrap(crypto.wrap(key)) == key


def test_the_driver_may_hand_over_a_memoryview() -> None:
    wrapped, sealed = memoryview(crypto.wrap(KEY)), memoryview(crypto.seal(KEY, "x", about=ABOUT))
    assert crypto.unseal(crypto.unwrap(wrapped), sealed, about=ABOUT) == "x"


def test_the_newest_generation_wraps_and_every_older_one_still_unwraps(
    settings: Settings,
) -> None:
    old = crypto.wrap(KEY)
    settings.PROBITY_KEKS = {**settings.PROBITY_KEKS, 3: b"\x03" * 32}
    new = crypto.wrap(KEY)
    assert crypto.unwrap(old) == crypto.unwrap(new) == KEY
    settings.PROBITY_KEKS = {3: b"\x03" * 32}
    assert crypto.unwrap(new) == KEY
    with pytest.raises(crypto.Undecipherable):
        crypto.unwrap(old)


def test_a_wrapped_key_does_not_pass_for_a_sealed_text(settings: Settings) -> None:
    kek = settings.PROBITY_KEKS[2]
    for about in ("", "data-key", ABOUT):
        with pytest.raises(crypto.Undecipherable):
            crypto.unseal(kek, crypto.wrap(KEY), about=about)


def flipped(envelope: bytes, position: int) -> bytes:
    changed = bytearray(envelope)
    changed[position // 8] ^= 1 << position % 8
    return bytes(changed)
