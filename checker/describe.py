"""A document described: read, profiled, validated; what can't be read is told and is no exception."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec.structs import replace

from checker import documents
from checker.documents import Document, Fetch, Verdict, is_url
from checker.errors import DocumentError, InputError, Problem, TransportError
from checker.model.profile import DocumentProblem, Profile
from checker.profiles import build_profile

if TYPE_CHECKING:  # slow to import, and `inspect` of a file needs none of it
    from checker.client.client import Client
    from checker.project.load import LoadedProject
    from checker.project.secrets import Secrets
    from checker.project.types import ResourceOverrides

Say = Callable[[str], None]
MOST_PROBLEMS = 50  # shown of a document


@dataclass(frozen=True)
class Described:
    """A document and its profile; or, where it can't be read, why not."""

    document: Document | None
    profile: Profile | None
    problems: tuple[Problem, ...] = ()


def made_from(loaded: LoadedProject, documents: Mapping[str, Described]) -> dict[str, str]:
    """Digests of what a run rests on, by what they are of: `project`, `document:crm`. Where one differs, the ground has moved."""
    from checker.sync.exact import digest  # noqa: PLC0415 - as above

    found = {"project": digest(loaded.path.read_text("utf-8"))}
    return found | {f"document:{name}": one.document.digest for name, one in documents.items() if one.document}


def described(
    source: str,
    *,
    overrides: Mapping[str, ResourceOverrides] | None = None,
    fetch: Fetch | None = None,
    allow_refs: tuple[str, ...] = (),
    strict: bool = False,
    shown_as: str | None = None,
    overlay: tuple[Path, str] | None = None,
) -> Described:
    """Read and profile one document. `strict` has the authority (openapi-spec-validator) say whether it is valid, otherwise the meta-schema.

    `overlay` is the file of an OpenAPI Overlay and the name it is shown under.
    """
    try:
        over = documents.read_overlay(*overlay) if overlay else None
        document = documents.load(source, fetch=fetch, allow_refs=allow_refs, overlay=over)
    except DocumentError as error:
        return Described(None, None, error.problems)
    profile = build_profile(document.api)
    profile = replace(
        profile, document=replace(profile.document, source=shown_as or source), corrections=document.corrections
    )
    if overrides:
        from checker.profiles.overrides import apply_overrides  # noqa: PLC0415 - as above

        profile = apply_overrides(profile, overrides, documented=[one.key for one in document.api.operations])
    verdict = documents.validate(document) if strict else documents.validate_fast(document)
    return with_verdict(Described(document, profile), verdict)


def with_verdict(found: Described, verdict: Verdict) -> Described:
    """A document that could be read, with what a validator says of it."""
    document, profile = found.document, found.profile
    if document is None or profile is None:
        return found
    # Both may have seen the same thing.
    told = {(one.pointer, one.message): one for one in (*verdict.problems, *document.problems)}
    problems = tuple(_placed(one, document) for one in list(told.values())[:MOST_PROBLEMS])
    judged = replace(profile, valid=verdict.valid, validated_by=verdict.validated_by, problems=problems)
    return Described(document, judged)


def download(client: Client, address: str, credentials: str) -> bytes:
    """The bytes of a document at an address, asked for once; closes the client. Raises DocumentError where they can't be had."""
    from checker.client.messages import Request  # noqa: PLC0415 - as above

    try:
        with closing(client):
            response = client.send(Request("GET", address), credentials=credentials)
    except TransportError as error:
        raise DocumentError(*error.problems) from None
    if not response.ok:
        values = {"url": documents.public_url(address), "status": response.status}
        raise DocumentError(Problem("document.fetch-refused", values))
    return response.body


def both_described(loaded: LoadedProject, secrets: Secrets, say: Say) -> dict[str, Described]:
    """Both documents, read and profiled side by side; what is wrong with them as far as reading shows it."""
    from checker.patience import side_by_side  # noqa: PLC0415 - as above

    def one(name: str) -> Described:
        settings = loaded.project.systems[name]
        if settings.document is None:
            return Described(None, None)
        say(f"{name}: reading {settings.document}")
        address = is_url(settings.document)
        source = settings.document if address else str(loaded.folder / settings.document)
        fetch = partial(fetched, loaded, name, secrets) if address else None
        over = (loaded.folder / settings.overlay, settings.overlay) if settings.overlay else None
        found = described(
            source,
            overrides=settings.resources,
            fetch=fetch,
            shown_as=settings.document,
            overlay=over,
        )
        _check_calls(loaded, name, found.profile)
        return found

    return dict(zip(loaded.project.systems, side_by_side(one, loaded.project.systems), strict=True))


def _check_calls(loaded: LoadedProject, name: str, profile: Profile | None) -> None:
    """Raise InputError where the project file's calls that subscribe make what no resource of the system could end again."""
    from checker.resources.subscribing import steps_of  # noqa: PLC0415 - as above

    settings = loaded.project.systems[name].webhooks
    if settings is None or profile is None:
        return
    steps = steps_of(profile, settings.subscribe)
    for i, (call, step) in enumerate(zip(settings.subscribe, steps, strict=True)):
        if step is None:
            here = ("systems", name, "webhooks", "subscribe", i, "call")
            values = {"call": call.call, "system": name}
            raise InputError(loaded.positioned.problem("project.subscribe-no-record", here, values))


def fetched(loaded: LoadedProject, name: str, secrets: Secrets, address: str) -> bytes:
    """A document at an address of the system's own origin or of one of its `origins`, asked with the system's credentials.

    Where the system has no `base_url`, the address is asked without credentials. Raises DocumentError where it can't be had.
    """
    from checker.client.build import client_for  # noqa: PLC0415 - as above
    from checker.client.recorder import Recorder  # noqa: PLC0415

    settings = loaded.project.systems[name]
    try:
        client = client_for(
            name, settings, secrets, Recorder(), base_url=address, folder=loaded.folder, keep=secrets.keep
        )
    except InputError as error:
        raise DocumentError(*error.problems) from None
    return download(client, address, "own" if settings.base_url else "none")


def _placed(problem: DocumentProblem, document: Document) -> DocumentProblem:
    """The problem with its line, where that can be found."""
    return problem if problem.line is not None else replace(problem, line=document.line_of(problem.pointer))
