"""Whatever a browser sends is a message or none, and costs no more than its length."""

from __future__ import annotations

import json
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jupyter_server.services.kernels.connection.base import serialize_msg_to_ws_v1

from cvjkit.publishing.voila.channels import PROTOCOL, read_message

OBJECTS = st.dictionaries(st.text(max_size=5), st.none() | st.integers() | st.text(max_size=5))
NUMBERS = st.integers(0, 2**64 - 1) | st.integers(0, 200)


@given(st.lists(OBJECTS, min_size=4, max_size=4), st.lists(st.binary(max_size=9), max_size=3))
def test_a_message_as_jupyter_writes_it_is_read(
    parts: list[dict[str, object]], buffers: list[bytes]
) -> None:
    texts = [json.dumps(part).encode() for part in parts]
    message = serialize_msg_to_ws_v1([*texts, *buffers], "shell")
    assert read_message(message, PROTOCOL) == parts


@given(
    st.binary() | st.lists(NUMBERS).map(lambda numbers: struct.pack(f"<{len(numbers)}Q", *numbers))
)
def test_bytes_that_are_no_message_are_refused_at_once(sent: bytes) -> None:
    # A number of parts that is false would have Jupyter count to 2**64, with a list as long.
    with pytest.raises(ValueError):  # noqa: PT011 - each says something else
        read_message(sent, PROTOCOL)


@pytest.mark.parametrize("sent", ["{}", b"", None, 5])
@pytest.mark.parametrize("protocol", [None, "", PROTOCOL])
def test_what_comes_by_another_protocol_is_no_message(sent: object, protocol: str | None) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - each says something else
        read_message(sent, protocol)


TEXTS = [b"{}"] * 4


@pytest.mark.parametrize(
    "sent",
    [
        serialize_msg_to_ws_v1([*TEXTS, b"buffer"], "shell") + b"more",
        serialize_msg_to_ws_v1([*TEXTS, *[b""] * 1000], "shell"),
        serialize_msg_to_ws_v1([b"[]", *TEXTS[1:]], "shell"),
        struct.pack("<8Q", 7, 64, 69, 71, 73, 70, 73, 75) + b"shell{}{}{}",
    ],
    ids=[
        "longer than it says",
        "too many parts",
        "a part that is no object",
        "a part that ends early",
    ],
)
def test_a_message_that_contradicts_itself_is_refused(sent: bytes) -> None:
    with pytest.raises(ValueError, match=r"parts|object"):
        read_message(sent, PROTOCOL)


def test_a_message_is_read_by_no_other_protocol() -> None:
    sent = serialize_msg_to_ws_v1(TEXTS, "shell")
    assert read_message(sent, PROTOCOL)
    with pytest.raises(ValueError, match=r"not v1\."):
        read_message(sent, "v2")
