"""The tests stay on this machine; what is refused here is refused in every test."""

from __future__ import annotations

import os
import socket

import pytest


@pytest.mark.parametrize("host", ["192.0.2.1", "2001:db8::1", "example.org"])
def test_other_machines_cannot_be_reached(host: str, no_network: list[str]) -> None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as one:
        with pytest.raises(ConnectionRefusedError, match="no network in any test"):
            one.connect((host, 80))
        with pytest.raises(ConnectionRefusedError, match="no network in any test"):
            one.connect_ex((host, 80))
    assert no_network == [host, host]
    no_network.clear()


def test_this_machine_can_be_reached() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        socket.create_connection(server.getsockname()).close()


def test_programs_that_a_test_starts_are_told() -> None:
    assert os.environ["PIP_NO_INDEX"] == os.environ["UV_OFFLINE"] == "1"
    assert os.environ["https_proxy"] == "http://127.0.0.1:9"
