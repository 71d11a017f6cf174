"""Bodies are unpacked within a maximum (acceptance F8, B21)."""

from __future__ import annotations

import gzip
import zlib

import pytest

from checker.client.inflate import inflate
from checker.errors import TooLargeError, UnreadableError

TEXT = b'{"data": [1, 2, 3]}' * 5000
RAW = zlib.compressobj(wbits=-15)
PACKED = {
    "gzip": gzip.compress(TEXT),
    "x-gzip": gzip.compress(TEXT),
    "deflate": zlib.compress(TEXT),
    "Deflate": RAW.compress(TEXT) + RAW.flush(),
    "identity": TEXT,
    "": TEXT,
    "identity, gzip": gzip.compress(TEXT),
}


@pytest.mark.parametrize("encoding", sorted(PACKED))
def test_one_encoding_is_unpacked(encoding: str) -> None:
    """gzip, deflate with and without its header, and nothing at all."""
    assert inflate(PACKED[encoding], encoding) == TEXT


def test_a_body_of_several_members_is_whole() -> None:
    """Gzip allows members one after the other, and zeros behind them."""
    assert inflate(gzip.compress(b"a") + gzip.compress(b"b") + b"\0\0", "gzip") == b"ab"


def test_an_empty_body_needs_no_unpacking() -> None:
    """The answer to HEAD names an encoding and has no body."""
    assert inflate(b"", "gzip") == b""


@pytest.mark.parametrize("encoding", ["gzip, gzip", "br", "zstd", "gzip, deflate"])
def test_more_than_one_encoding_or_an_unknown_one_is_refused(encoding: str) -> None:
    """What was packed twice may hold a bomb; what nobody asked for can't be read."""
    with pytest.raises(UnreadableError) as caught:
        inflate(gzip.compress(TEXT), encoding)
    assert caught.value.problems[0].code == "http.content-encoding"


@pytest.mark.parametrize(
    "raw",
    [gzip.compress(TEXT)[:-20], b"not packed at all", gzip.compress(TEXT)[:40]],
    ids=["end cut off", "not packed", "head only"],
)
def test_a_broken_body_is_an_error(raw: bytes) -> None:
    """A cut-off or unpacked body is no body."""
    with pytest.raises(UnreadableError) as caught:
        inflate(raw, "gzip")
    assert caught.value.problems[0].code == "http.compression-broken"


def test_a_bomb_is_given_up_at_the_maximum() -> None:
    """A small body that inflates to a hundred megabytes ends at the size that we take."""
    bomb = gzip.compress(b"\0" * 100_000_000, compresslevel=9)
    assert len(bomb) < 200_000
    with pytest.raises(TooLargeError):
        inflate(bomb, "gzip", 1_000_000)
