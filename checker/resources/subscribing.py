"""A subscription to events, as the API registers it: a record with the receiver's address and the events' names in it, or what the project file's calls make. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from msgspec.structs import replace

from checker.model.api import Api
from checker.model.paths import put
from checker.model.profile import Profile, ResourceProfile
from checker.profiles.names import flat, one_of
from checker.profiles.webhooks import EVENT_FIELDS, URL_FIELDS
from checker.project import calls
from checker.project.types import SubscriptionCall, WebhookSettings
from checker.resources.slots import Slot, slots_of_body

SECRET_FIELDS = frozenset(
    ("secret", "signing_secret", "secret_key", "webhook_secret", "hmac_secret", "shared_secret", "signing_key")
)
MOST = 10  # subscriptions of one receiver, where each is for one event


@dataclass(frozen=True, slots=True)
class Form:
    """How one subscribes: the resource whose records are subscriptions, the field for the address, and the one for the events.

    `several`: that field takes a list. `choices` are the events that the document lists. `secret`: the field in which the receiver may
    choose the signing secret.
    """

    resource: ResourceProfile
    url: str
    events: str | None
    several: bool
    choices: tuple[str, ...]
    secret: str | None = None

    def filled(
        self, body: Mapping[str, Any], url: str, wished: tuple[str, ...], about: tuple[str, ...] = (), secret: str = ""
    ) -> list[dict[str, Any]]:
        """The bodies of the subscriptions that send the wished events (else all that are known) to an address, made from a body that is accepted.

        Where each subscription is for one event, those that speak of something in `about` come first.
        """
        names = wished or self.choices
        made = put(body, self.url, url)
        if self.secret is not None and secret:
            made = put(made, self.secret, secret)
        if self.events is None or not names:
            return [made]
        if self.several:
            return [put(made, self.events, list(names))]
        things = {one_of(one) for one in about}
        first = sorted(
            names,
            key=lambda name: not any(thing in one_of(name) or one_of(name.split(".")[0]) == thing for thing in things),
        )
        return [put(made, self.events, one) for one in first[:MOST]]


@dataclass(frozen=True, slots=True)
class Step:
    """One of the calls that subscribe: it makes a record of `resource`, or is about the one of it that an earlier call named `about` made."""

    call: SubscriptionCall
    resource: ResourceProfile
    about: str | None = None


def steps_of(profile: Profile, given: Sequence[SubscriptionCall]) -> Iterator[Step | None]:
    """The calls of the project file, each with its resource; None for one that makes what no resource could find again and end, come what may."""
    made: dict[str, Step] = {}
    for call in given:
        name = calls.about(call)
        if name is None:
            step = _making(profile, call)
        else:
            # what stands below a record goes with it, so that a call about the one is about the other
            around = made.get(name)
            step = Step(call, around.resource, around.about or name) if around else None
        if step is not None and call.as_ is not None:
            made[call.as_] = step
        yield step


def _making(profile: Profile, call: SubscriptionCall) -> Step | None:
    found = (one for one in profile.resources if one.operations.create == call.call and _safe(one))
    # the body is written as it is sent: nothing is renamed or wrapped
    return next((Step(call, replace(one, body_path=None, write_as={})) for one in found), None)


def _safe(resource: ResourceProfile) -> bool:
    """Whether what was created can be found again and ended, come what may."""
    return bool(resource.operations.delete and (resource.operations.list or resource.operations.search))


def subscriptions(profile: Profile) -> ResourceProfile | None:
    """The resource whose records are subscriptions; None where the document has none that could be found again and ended, come what may."""
    found = (one for key in profile.webhooks.operations for one in profile.resources if one.operations.create == key)
    return next(filter(_safe, found), None)


def written_in(profile: Profile, settings: WebhookSettings | None) -> tuple[str, ...]:
    """The resources in which a subscription makes records, one name for each."""
    if settings is not None and settings.subscribe:
        return tuple(one.resource.name for one in steps_of(profile, settings.subscribe) if one and one.about is None)
    found = subscriptions(profile)
    return (found.name,) if found is not None else ()


def way_of(profile: Profile, api: Api | None, settings: WebhookSettings | None) -> Form | tuple[Step, ...] | None:
    """How one subscribes: by the project file's calls, else as the document shows it; None where a person does it, or nobody can."""
    if settings is not None and settings.registration == "manual":
        return None
    if settings is None or not settings.subscribe:
        return form_of(profile, api)
    steps = tuple(steps_of(profile, settings.subscribe))
    return tuple(filter(None, steps)) if None not in steps else None


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
    secret = next((one for one in slots if flat(one.name) in SECRET_FIELDS and one.type in ("string", None)), None)
    chosen = (events.path if events else None, several, profile.webhooks.events, secret.path if secret else None)
    return Form(resource, url.path, *chosen)


def _is_url(slot: Slot) -> bool:
    said = flat(slot.name)
    return slot.type in ("string", None) and (said in URL_FIELDS or said.endswith(("_url", "_uri")))
