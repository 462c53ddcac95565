"""A program that connects to a simulator without TLS, on the port that the environment names."""

import os

from callfsm import RelayClient

client = RelayClient(host=f"127.0.0.1:{os.environ.get('PORT', '1')}", tls=False, project="nobody", token="wrong")
