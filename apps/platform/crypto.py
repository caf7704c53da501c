"""Encryption of personal fields: AES-256-GCM under a data key of each person.

Promises: what was sealed opens only with the same data key and for the same place (`about`), and
any change to a byte is refused. A data key is stored wrapped by a key-encryption key (KEK), never
in clear: destroy the wrapped key and what it sealed is gone from every copy, backups included.

Envelopes (NIST SP 800-38D, 96-bit random nonce, 128-bit tag); the header is authenticated too:

    sealed    version 1 byte                       | nonce 12 | ciphertext and tag
    wrapped   version 1 byte | generation 4 bytes  | nonce 12 | ciphertext and tag

KEK generations come from the setting PROBITY_KEKS (number to 32 bytes). The highest wraps; every
other still unwraps, so a rotation re-wraps the data keys and never re-encrypts a field.
"""

import os
import struct

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

_VERSION = b"\x01"
_HEADER_OF_WRAPPED = struct.Struct(">cI")
_NONCE_BYTES = 12
_TAG_BYTES = 16
_WRAPPING = b"data-key"  # keeps a wrapped key from ever passing for a sealed field


class Undecipherable(Exception):
    """Wrong key, wrong place, unknown generation, or bytes that are not what was sealed.

    Neither the text nor the bytes are repeated in it.
    """


def new_data_key() -> bytes:
    """Return a new 256-bit data key."""
    return AESGCM.generate_key(bit_length=256)


def wrap(key: bytes) -> bytes:
    """Return the data key encrypted by the newest KEK generation."""
    generation = max(settings.PROBITY_KEKS)
    header = _HEADER_OF_WRAPPED.pack(_VERSION, generation)
    return _encrypt(settings.PROBITY_KEKS[generation], key, header=header, about=_WRAPPING)


def unwrap(wrapped: bytes | memoryview) -> bytes:
    """Return the data key. Raises Undecipherable, also when its KEK is not configured."""
    header, rest = _split(wrapped, header_bytes=_HEADER_OF_WRAPPED.size)
    kek = settings.PROBITY_KEKS.get(_HEADER_OF_WRAPPED.unpack(header)[1])
    if kek is None:
        raise Undecipherable("the key-encryption key of this generation is not configured")
    return _decrypt(kek, rest, header=header, about=_WRAPPING)


def seal(key: bytes, text: str, *, about: str) -> bytes:
    """Return `text` encrypted under the data key, bound to the place `about`.

    `about` is "table|column|row id" and must be given again to unseal: a ciphertext moved to
    another row or column does not open.
    """
    return _encrypt(key, text.encode(), header=_VERSION, about=about.encode())


def unseal(key: bytes, sealed: bytes | memoryview, *, about: str) -> str:
    """Return the text sealed under the data key for the place `about`. Raises Undecipherable."""
    header, rest = _split(sealed, header_bytes=len(_VERSION))
    return _decrypt(key, rest, header=header, about=about.encode()).decode()


def _encrypt(key: bytes, clear: bytes, *, header: bytes, about: bytes) -> bytes:
    nonce = os.urandom(_NONCE_BYTES)
    return header + nonce + AESGCM(key).encrypt(nonce, clear, header + about)


def _decrypt(key: bytes, envelope: bytes, *, header: bytes, about: bytes) -> bytes:
    nonce, ciphertext = envelope[:_NONCE_BYTES], envelope[_NONCE_BYTES:]
    try:
        return AESGCM(key).decrypt(nonce, ciphertext, header + about)
    except InvalidTag as error:
        raise Undecipherable("these bytes do not open with this key in this place") from error


def _split(stored: bytes | memoryview, *, header_bytes: int) -> tuple[bytes, bytes]:
    """Return header and rest. Raises Undecipherable on a foreign version or too few bytes."""
    envelope = bytes(stored)  # a database driver may hand over a memoryview
    if envelope[:1] != _VERSION or len(envelope) < header_bytes + _NONCE_BYTES + _TAG_BYTES:
        raise Undecipherable("not an envelope of a known version")
    return envelope[:header_bytes], envelope[header_bytes:]
