"""Access: do the credentials work, are wrong and missing ones refused, can tokens be renewed, and what do the answers' headers tell?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from checker.client.messages import Response
from checker.model.finding import Answer
from checker.probes.base import Told, no, not_applicable, probe, unknown, whether, yes
from checker.probes.contexts import ResourceLook, SystemLook, evidence_of
from checker.project.types import NoAuth

REFUSALS = frozenset(
    {400, 401, 403, 404}
)  # ways to refuse credentials; some systems hide behind a 404 what they don't show
UNAUTHORIZED, FORBIDDEN, TOO_MANY, SERVER_ERROR = 401, 403, 429, 500
EXPIRED = "expired"
SEVERAL = 2  # tokens that have to end before their time
SHOWN_ENDS = 3  # of a finding's evidence
SUNSET = ("sunset", "deprecation")  # RFC 8594 and RFC 9745


def knock(look: SystemLook, credentials: str = "own") -> Response | None:
    """The answer to the smallest list of the first resource, asked with these credentials; None where nothing can be listed."""
    return next((one.resource.asked_with(credentials).page(size=1).response for one in look.listable), None)


@probe("credentials.accepted", scope="system")
def accepted(look: SystemLook) -> Iterator[Told]:
    """Ask for each resource's list until one is given. Only a refusal of the credentials is a no."""
    last = unknown("credentials.accepted", "no-list-operation")
    for one in look.listable:
        operation = one.profile.operations.list or one.profile.operations.search
        response = one.resource.page(size=1).response
        values = {"status": response.status, "operation": operation}
        if response.ok:
            yield yes("credentials.accepted", evidence_of(response), **values)
            return
        if response.status in {UNAUTHORIZED, FORBIDDEN}:
            last = no("credentials.accepted", evidence_of(response), **values)
        elif last.answer is Answer.UNKNOWN:
            reason = (
                "rate-limited"
                if response.status == TOO_MANY
                else "server-error"
                if response.status >= SERVER_ERROR
                else "refused"
            )
            last = unknown("credentials.accepted", reason, evidence_of(response), **values)
    yield last


@probe("credentials.wrong-refused", "credentials.missing-refused", "credentials.errors-distinct", scope="system")
def refusals(look: SystemLook) -> Iterator[Told]:
    """Ask with wrong credentials, with none, and for a record that can't exist; the three should be told apart. That nothing is shown without
    credentials, and nothing under a made-up id, has to hold of each resource that shows us something.
    """
    if look.settings.auth is None or isinstance(look.settings.auth, NoAuth):
        for claim in ("credentials.wrong-refused", "credentials.missing-refused", "credentials.errors-distinct"):
            yield unknown(claim, "no-authentication")
        return
    wrong = knock(look, "wrong")
    closed = [one for one in _shown(look) if not _is_public(look, one)]
    doors = [one.resource.asked_with("none").page(size=1).response for one in closed]
    if wrong is None:
        return
    yield whether("credentials.wrong-refused", wrong.status in REFUSALS, evidence_of(wrong), status=wrong.status)
    if not doors:
        yield unknown("credentials.missing-refused", "public-lists")
        yield unknown("credentials.errors-distinct", "public-lists")
        return
    missing = next((one for one in doors if one.ok), doors[0])
    yield whether(
        "credentials.missing-refused", missing.status in REFUSALS, evidence_of(missing), status=missing.status
    )
    absent = absent_record(look)
    if absent is None:
        yield unknown("credentials.errors-distinct", "no-read-operation")
        return
    values = {"wrong": wrong.status, "missing": missing.status, "unknown": absent.status}
    distinct = wrong.status == missing.status == UNAUTHORIZED and _says_none(absent)
    evidence = (*evidence_of(wrong), *evidence_of(missing), *evidence_of(absent))
    yield whether("credentials.errors-distinct", distinct, evidence, **values)


def absent_record(look: SystemLook) -> Response | None:
    """The answer to a read of a record that can't exist, in the form of the ids seen: the first that doesn't say so, of each resource once;
    None where nothing can be read singly.
    """
    told = [one.resource.read(one.made_up_id).response for one in _shown(look) if one.profile.operations.read]
    return next((one for one in told if not _says_none(one)), told[0] if told else None)


def _shown(look: SystemLook) -> Sequence[ResourceLook]:
    """The resources whose list we may read; where there is none, all that have one."""
    return [one for one in look.listable if one.readable] or look.listable


def _says_none(absent: Response) -> bool:
    """Whether the answer says that there is no such record: one that is answered well, or breaks the server, can't be told from one that is
    there, or from an outage.
    """
    return not absent.ok and absent.status < SERVER_ERROR and absent.status not in {UNAUTHORIZED, FORBIDDEN}


def _is_public(look: SystemLook, one: ResourceLook) -> bool:
    """Whether the document lets anybody read the list."""
    key = one.profile.operations.list or one.profile.operations.search
    operation = look.api.operation(key) if look.api and key else None
    said = operation.security if operation else None
    return said is not None and (not said or not all(said))


@probe("credentials.expired-refused", scope="system")
def expired(look: SystemLook) -> Iterator[Told]:
    """Ask with credentials that the project file says have expired."""
    claim = "credentials.expired-refused"
    if EXPIRED not in look.whole_client.credentials:
        yield unknown(claim, "no-other-credentials")
        return
    response = knock(look, EXPIRED)
    if response is not None:
        yield whether(claim, response.status in REFUSALS, evidence_of(response), status=response.status)


@probe("token.renewed", scope="system")
def renewal(look: SystemLook) -> Iterator[Told]:
    """Renew the token once and ask with the new one."""
    session = look.client.session("own")
    token = session.renew()
    if token is None:
        yield unknown("token.renewed", "no-renewal")
        return
    response = knock(look)
    if response is not None:
        rotation = None if session.kept is None else "kept" if session.kept else "lost"
        values = {"lifetime": token.lifetime_s, "reason": None, "rotation": rotation}
        yield whether("token.renewed", response.ok, evidence_of(response), **values)


@probe("token.lives-as-told", scope="system")
def lifetime(look: SystemLook) -> Iterator[Told]:
    """Asked at the end of the look: did the tokens that all the requests carried live as long as they were to? The client has renewed those that didn't."""
    claim, session = "token.lives-as-told", look.client.session("own")
    token, early = session.token, session.early
    evidence = tuple(one.exchange for one in early[:SHOWN_ENDS] if one.exchange)
    if token is None:
        yield not_applicable(claim)
    elif token.lifetime_s is None:
        yield unknown(claim, "no-lifetime-told")
    elif not early:
        last = knock(look)  # the token still opens the door
        seen = evidence_of(last) if last is not None else ()
        yield yes(claim, seen, lifetime=token.lifetime_s, watched=round(session.age_s or 0))
    elif len(early) < SEVERAL:  # somebody else may have signed in with the same credentials
        yield unknown(claim, "once-is-chance", evidence)
    else:
        after, requests = round(min(one.after_s for one in early)), max(one.requests for one in early)
        yield no(claim, evidence, lifetime=early[0].lifetime_s, times=len(early), after=after, requests=requests)


@probe("rate-limit.shown", "redirect.none", "version.no-sunset", scope="system")
def headers(look: SystemLook) -> Iterator[Told]:
    """Look at the headers of an ordinary answer; a limit is never provoked."""
    response = knock(look)
    if response is None or not response.ok:
        return
    told = response.rate_limit()
    if told is None:
        # Many systems have limits that only a 429 tells of, and that is never provoked.
        yield unknown("rate-limit.shown", "no-limit-headers", evidence_of(response), headers=[])
    else:
        yield yes(
            "rate-limit.shown",
            evidence_of(response),
            headers=list(told.headers),
            limit=told.limit,
            remaining=told.remaining,
        )
    to = [one.location for one in response.redirects]
    yield whether("redirect.none", not to, evidence_of(response), to=", ".join(to) or None)
    sunset = [f"{name}: {response.headers[name]}" for name in SUNSET if name in response.headers]
    yield whether("version.no-sunset", not sunset, evidence_of(response), header="; ".join(sunset) or None)
