"""`python -m checker.sandbox`: both sandboxes until Ctrl-C, with addresses and credentials to try them with."""

from __future__ import annotations

import argparse
import sys
import threading
from datetime import UTC, datetime

from checker.sandbox.demo_project import demo_environment
from checker.sandbox.erp import MANDANT
from checker.sandbox.pair import Pair, running_pair


def introduction(pair: Pair) -> str:
    """What a newcomer needs: addresses, credentials, and a first request to each system."""
    variables = "\n".join(f"  {name}={value}" for name, value in demo_environment().items())
    return f"""CRM  {pair.crm.base_url}   its document: {pair.crm.base_url}/openapi.yaml
ERP  {pair.erp.base_url}   its document: {pair.erp.base_url}/openapi.json

Credentials, as the demonstration's project file looks for them:
{variables}

Try:
  curl -H "Authorization: Bearer {pair.crm.token}" "{pair.crm.base_url}/contacts?limit=2"
  curl -H "X-Api-Key: {pair.erp.token}" "{pair.erp.base_url}/mandanten/{MANDANT}/geschaeftspartner?anzahl=2"

Everything in them is invented and forgotten at the end. Stop with Ctrl-C.
"""


def main(arguments: list[str] | None = None, until: threading.Event | None = None) -> int:
    """Run the pair until interrupted, or until the event is set."""
    parser = argparse.ArgumentParser(prog="python -m checker.sandbox", description=__doc__)
    parser.add_argument("--ports", nargs=2, type=int, default=(0, 0), metavar=("CRM", "ERP"), help="0 takes a free one")
    ports = parser.parse_args(arguments).ports
    with running_pair(datetime.now(UTC), ports=tuple(ports)) as pair:
        sys.stdout.write(introduction(pair))
        sys.stdout.flush()
        waiting = until or threading.Event()
        try:
            # in slices: on Windows a wait without end can't be interrupted
            while not waiting.wait(0.5):
                pass
        except KeyboardInterrupt:
            return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
