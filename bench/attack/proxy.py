"""The proxy of the composition, with its own file, in front of a server on this machine."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from bench.servers import ROOT, Process
from models.store.embedded import free_port


def proxy(upstream: int, home: Path) -> Process:
    """Describe a Caddy that passes requests on to a port.

    Args:
        upstream: where the server listens.
        home: a directory for what it stores.
    """
    port = free_port()
    variables = {
        "SLOPE_PUBLIC_URL": f"http://127.0.0.1:{port}",
        "SLOPE_UPSTREAM": f"127.0.0.1:{upstream}",
        "XDG_DATA_HOME": str(home),
        "XDG_CONFIG_HOME": str(home),
    }
    caddy = Path(sys.executable).with_name("caddy")
    command = [str(caddy), "run", "--config", str(ROOT / "Caddyfile"), "--adapter", "caddyfile"]
    for name in ("http_proxy", "HTTP_PROXY"):
        os.environ.pop(name, None)
    return Process(command, variables, home / "proxy.log", port)
