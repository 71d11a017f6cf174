"""The calls that subscribe to events, as the project file spells them out: what their placeholders stand for, and what is wrong with them. Pure.

A call whose path names no earlier record makes one; any other is about the record that its path names last, and what it makes goes with that one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import quote

from checker.errors import Problem
from checker.project.check import REFERENCE, suggestion
from checker.project.positions import Key, Positioned
from checker.project.types import SubscriptionCall, WebhookSettings

PLACEHOLDER = re.compile(r"\$\{([^{}:]*)\}")  # a reference to a secret has a colon
URL, MARK, SECRET, EVENTS, RESOURCES = "url", "mark", "secret", "events", "resources"
# The receiver's address; the run's mark, by which left-overs are found; the secret for signatures; the events of `webhooks.events`; the names of
# the resources whose events are tried out.
GIVEN = (URL, MARK, SECRET, EVENTS, RESOURCES)
NAME = re.compile(r"[A-Za-z_]\w*")


def written(name: str) -> str:
    """A placeholder as it stands in the file."""
    return f"${{{name}}}"


def names_in(value: Any) -> Iterator[str]:
    """The placeholders of a path or a body, at any depth."""
    yield from (name for _, text in _texts(value) for name in PLACEHOLDER.findall(text))


def about(call: SubscriptionCall) -> str | None:
    """The name of the record that a call is about: the last in its path; None for a call that makes a record of its own."""
    return next(reversed(PLACEHOLDER.findall(call.call)), None)


def filled(value: Any, values: Mapping[str, Any]) -> Any:
    """A body with its placeholders filled; a text that is nothing but a placeholder becomes the value itself, a list or a number."""
    if isinstance(value, Mapping):
        return {name: filled(one, values) for name, one in value.items()}
    if isinstance(value, list):
        return [filled(one, values) for one in value]
    if not isinstance(value, str):
        return value
    whole = PLACEHOLDER.fullmatch(value)
    return values[whole[1]] if whole else PLACEHOLDER.sub(lambda match: str(values[match[1]]), value)


def operation(call: SubscriptionCall, values: Mapping[str, Any]) -> tuple[str, str]:
    """The method and the path of a call, filled."""
    method, _, path = call.call.partition(" ")
    return method, PLACEHOLDER.sub(lambda match: quote(str(values[match[1]]), safe=""), path)


def problems_of(at: Positioned, here: Key, settings: WebhookSettings) -> Iterator[Problem]:
    """What is wrong with the calls of a system's `webhooks`, which stand at `here`."""
    given = settings.subscribe
    if not given:
        return
    if settings.registration == "manual":
        yield at.problem("project.subscribe-by-hand", (*here, "registration"))
    if not any(URL in names_in(one.body) for one in given):
        yield at.problem("project.subscribe-nowhere", (*here, "subscribe"), {"wanted": written(URL)}, at_key=True)
    known = [one for one in GIVEN if one != EVENTS or settings.events]
    made: list[str] = []
    for i, call in enumerate(given):
        path: Key = (*here, "subscribe", i)
        yield from _unknown(at, (*path, "call"), call.call, made)
        yield from _unknown(at, (*path, "body"), call.body, [*known, *made])
        # what is sent is kept as evidence and in the journal: no secret of somebody's belongs there
        secrets = (below for below, text in _texts(call.body) if REFERENCE.search(text))
        wanted = {"wanted": written(SECRET)}
        yield from (at.problem("project.subscribe-secret", (*path, "body", *below), wanted) for below in secrets)
        if about(call) is None and not {URL, MARK} & set(names_in(call.body)):
            yield at.problem("project.subscribe-unmarked", (*path, "call"), {"wanted": written(MARK)})
        if call.as_ is not None:
            yield from _named(at, (*path, "as"), call.as_, [*GIVEN, *made])
            made.append(call.as_)


def _unknown(at: Positioned, path: Key, value: Any, known: Sequence[str]) -> Iterator[Problem]:
    """Placeholders that stand for nothing, each where it stands."""
    for below, text in _texts(value):
        for name in PLACEHOLDER.findall(text):
            if name not in known:
                near = suggestion(name, known)
                values = {
                    "name": written(name),
                    "known": ", ".join(map(written, known)),
                    "suggestion": written(near) if near else None,
                }
                yield at.problem("project.unknown-placeholder", (*path, *below), values)


def _named(at: Positioned, path: Key, name: str, taken: Sequence[str]) -> Iterator[Problem]:
    if name in taken or not NAME.fullmatch(name):
        yield at.problem("project.subscribe-name", path, {"name": name, "taken": ", ".join(taken)})


def _texts(value: Any, path: Key = ()) -> Iterator[tuple[Key, str]]:
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, Mapping):
        for name, one in value.items():
            yield from _texts(one, (*path, name))
    elif isinstance(value, list):
        for i, one in enumerate(value):
            yield from _texts(one, (*path, i))
