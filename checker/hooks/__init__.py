"""Events as they came: what they say, whether their signature holds, and what came of the changes that should have led to them. Pure."""

from checker.hooks.events import Event, read_event
from checker.hooks.guarding import Guard
from checker.hooks.keeping import exchange, kept
from checker.hooks.signatures import Signature, verified

__all__ = ["Event", "Guard", "Signature", "exchange", "kept", "read_event", "verified"]
