"""A subscription to events, as the API registers it: a record with the receiver's address and the events' names in it. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from checker.model.api import Api
from checker.model.paths import put
from checker.model.profile import Profile, ResourceProfile
from checker.profiles.names import flat
from checker.profiles.webhooks import EVENT_FIELDS, URL_FIELDS
from checker.resources.slots import Slot, slots_of_body

MOST = 10  # subscriptions of one receiver, where each is for one event


@dataclass(frozen=True, slots=True)
class Form:
    """How one subscribes: the resource whose records are subscriptions, the field for the address, and the one for the events.

    `several`: that field takes a list. `choices` are the events that the document lists.
    """

    resource: ResourceProfile
    url: str
    events: str | None
    several: bool
    choices: tuple[str, ...]

    def filled(self, body: Mapping[str, Any], url: str, wished: tuple[str, ...]) -> list[dict[str, Any]]:
        """The bodies of the subscriptions that send the wished events (else all that are known) to an address, made from a body that is accepted."""
        names = wished or self.choices
        if self.events is None or not names:
            return [put(body, self.url, url)]
        if self.several:
            return [put(put(body, self.url, url), self.events, list(names))]
        return [put(put(body, self.url, url), self.events, one) for one in names[:MOST]]


def subscriptions(profile: Profile) -> ResourceProfile | None:
    """The resource whose records are subscriptions; None where the document has none that could be found again and ended, come what may."""
    found = (one for key in profile.webhooks.operations for one in profile.resources if one.operations.create == key)
    safe = (one for one in found if one.operations.delete and (one.operations.list or one.operations.search))
    return next(safe, None)


def form_of(profile: Profile, api: Api | None) -> Form | None:
    """How a system takes subscriptions; None where its document has no operation for it that a record comes of."""
    resource = subscriptions(profile)
    operation = api.operation(resource.operations.create) if resource is not None and api is not None else None
    if resource is None or operation is None:
        return None
    slots = [one for top in slots_of_body(operation, resource) for one in top.walk()]
    url = next((one for one in slots if _is_url(one)), None)
    events = next((one for one in slots if flat(one.name) in EVENT_FIELDS and (one.type == "array" or one.enum)), None)
    if url is None:
        return None
    several = events is not None and events.type == "array"
    return Form(resource, url.path, events.path if events else None, several, profile.webhooks.events)


def _is_url(slot: Slot) -> bool:
    said = flat(slot.name)
    return slot.type in ("string", None) and (said in URL_FIELDS or said.endswith(("_url", "_uri")))
