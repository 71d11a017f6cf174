"""A realistic audit for the tests of the reports: CRM ↔ ERP, four flows, every state, evidence of every kind. Invented, but it adds up."""

from __future__ import annotations

from typing import Any

import msgspec

from checker.catalogue.mode_texts import told
from checker.catalogue.rehearsal_texts import said
from checker.model.audit import (
    Audit,
    Coverage,
    DataSource,
    FindingText,
    FlowMode,
    FlowSeen,
    ItemText,
    ModeAlternative,
    NextStep,
    NotTested,
    Rehearsal,
    RehearsalStep,
    Result,
    Said,
    Staleness,
    State,
    StepOutcome,
    SyncMode,
    SystemSeen,
    Verdict,
    WaiverNote,
)
from checker.model.checklist import Text
from checker.model.figures import (
    Clump,
    FieldFigures,
    FlowFigures,
    KeyFigures,
    RecordFigures,
    ResourceFigures,
    SideFigures,
    TimeFigures,
)
from checker.model.finding import (
    ActionEvidence,
    Answer,
    CountEvidence,
    DocumentEvidence,
    ExchangeEvidence,
    Finding,
    Grade,
    PersonEvidence,
    ProjectEvidence,
)
from checker.model.profile import (
    DocumentInfo,
    DocumentProblem,
    FieldRoles,
    Filtering,
    Operations,
    Pagination,
    Param,
    Profile,
    ResourceProfile,
    Sorting,
    UpdatedSince,
    Webhooks,
)
from checker.model.text import fill

ALL = ("companies", "contacts", "products", "orders")

# item: (section, question en, question de)
ITEMS = {
    "object-scope": ("scope", "Which objects, which direction, which filter?", "Welche Objekte, welche Richtung, welcher Filter?"),
    "system-owner": ("scope", "Is there one named owner per system with the right to decide?", "Gibt es je System eine benannte Person, die entscheiden darf?"),
    "leading-system": ("scope", "Which system leads, per object and where needed per field?", "Welches System führt, je Objekt und wo nötig je Feld?"),
    "error-recipient": ("scope", "Who gets error messages, by which channel?", "Wer bekommt Fehlermeldungen, auf welchem Weg?"),
    "other-integrations": ("scope", "Which other tools already write to the same objects?", "Welche anderen Programme schreiben in dieselben Daten?"),
    "test-system-available": ("environments", "Is there a test or staging system for both sides?", "Gibt es für beide Seiten ein Testsystem?"),
    "test-data-present": ("environments", "Are there records for the first run of every object in scope?", "Gibt es für jedes Objekt Datensätze für den ersten Lauf?"),
    "side-effects-muted": ("environments", "Are mails, invoices, shipments off while testing?", "Sind E-Mails, Belege und Versand beim Testen abgeschaltet?"),
    "credentials-at-hand": ("access", "Are API keys or logins for both sides there and working?", "Sind Zugangsdaten für beide Seiten da, und gelten sie?"),
    "restricted-role": ("access", "Is there a role limited to what is needed?", "Gibt es eine Rolle, die nur das Nötige darf?"),
    "rights-sufficient": ("access", "Can the role read and write each object and field in scope?", "Darf die Rolle jedes Objekt und Feld lesen und schreiben?"),
    "api-in-plan": ("access", "Does the booked edition include API and webhooks?", "Enthält Ihr Vertrag Schnittstelle und Änderungsmeldungen?"),
    "firewall-ip-allowlist": ("access", "Is a firewall, VPN or IP allow-list in the way?", "Steht eine Firewall, ein VPN oder eine Freischaltung im Weg?"),
    "api-docs-available": ("api", "Is there an OpenAPI file or other documentation for both?", "Gibt es für beide Seiten eine Schnittstellenbeschreibung?"),
    "api-docs-valid": ("api", "Does the file validate?", "Ist die Beschreibung fehlerfrei?"),
    "endpoints-in-scope": ("api", "Is there list, get, create, update, delete for each object?", "Gibt es Auflisten, Lesen, Anlegen, Ändern, Löschen für jedes Objekt?"),
    "pagination": ("api", "Which paging style; does a full walk end, without gaps or repeats?", "Wie wird geblättert; endet ein voller Durchlauf ohne Lücken und Wiederholungen?"),
    "filtering": ("api", "Can lists be filtered on the server?", "Lassen sich Listen auf dem Server filtern?"),
    "updated-since-filter": ("api", "Is there a filter on changed time, and does it exclude older records?", "Gibt es einen Filter auf die Änderungszeit, und schließt er Älteres aus?"),
    "idempotent-create": ("api", "What protects against double creation?", "Was schützt vor doppeltem Anlegen?"),
    "rate-limit-burst": ("limits", "How many calls per second or minute?", "Wie viele Aufrufe je Sekunde oder Minute sind erlaubt?"),
    "api-quota-daily": ("limits", "How many calls per day, shared with whom?", "Wie viele Aufrufe am Tag, und wer teilt sie sich?"),
    "quota-headroom": ("limits", "Does the chosen mode stay within the agreed share?", "Bleibt die gewählte Art im vereinbarten Anteil?"),
    "realtime-vs-daily": ("changes", "How old may data be, per object?", "Wie alt dürfen die Daten sein, je Objekt?"),
    "webhooks-available": ("changes", "Does each side send webhooks?", "Sendet jede Seite Änderungsmeldungen?"),
    "changed-timestamp-quality": ("changes", "Server-side, with zone, precise enough?", "Vom Server gesetzt, mit Zeitzone, genau genug?"),
    "loop-protection": ("changes", "How do we recognise our own writes?", "Woran erkennen wir unsere eigenen Änderungen?"),
    "on-delete": ("lifecycle", "On delete: delete, deactivate, ignore, ask?", "Beim Löschen: löschen, stilllegen, nichts tun, fragen?"),
    "product-id-mapping": ("matching", "Do both sides know the products by the same number?", "Kennen beide Seiten die Artikel unter derselben Nummer?"),
    "contact-matching-email": ("matching", "Is the e-mail address filled and unique?", "Ist die E-Mail-Adresse gefüllt und eindeutig?"),
    "currencies": ("money", "Which currencies, as codes or symbols?", "Welche Währungen, als Kürzel oder als Zeichen?"),
    "tax-rates": ("money", "Do tax rates and codes correspond?", "Entsprechen sich Steuersätze und Steuerschlüssel?"),
    "dpa-signed": ("privacy", "Is the data processing agreement signed with every party?", "Ist der Auftragsverarbeitungsvertrag mit allen Beteiligten unterschrieben?"),
    "gdpr-deletion": ("privacy", "How do erasure requests travel?", "Wie wandern Löschbegehren von Personen?"),
    "cutover-plan": ("operation", "Who does what on the day of go-live?", "Wer tut was am Tag des Produktivstarts?"),
    "monitoring-alerting": ("operation", "Who notices when the sync stops?", "Wer merkt, wenn der Abgleich steht?"),
}  # fmt: skip
SECTIONS = {
    "scope": ("Scope, ownership, goals", "Umfang, Zuständigkeit, Ziele"),
    "environments": ("Environments and test data", "Umgebungen und Testdaten"),
    "access": ("Access, credentials, network", "Zugang, Zugangsdaten, Netz"),
    "api": ("What the interfaces can do", "Was die Schnittstellen können"),
    "limits": ("Limits and volumes", "Grenzen und Mengen"),
    "changes": ("Change detection and sync mode", "Erkennen von Änderungen, Art des Abgleichs"),
    "lifecycle": ("Deletion and lifecycle", "Löschen und Lebenslauf"),
    "matching": ("Matching and duplicates", "Zuordnung und Dubletten"),
    "money": ("Money and tax", "Geld und Steuern"),
    "privacy": ("Data protection", "Datenschutz"),
    "operation": ("Operation and go-live", "Betrieb und Produktivstart"),
}
# claim: (question en, de, yes en, de, no en, de, remedy en, de)
CLAIMS = {
    "network.tcp": ("Can the host be reached?", "Ist der Rechner erreichbar?", "{host}:{port} answers in {milliseconds} ms", "{host}:{port} antwortet in {milliseconds} ms", "{host}:{port} does not answer: {reason}", "{host}:{port} antwortet nicht: {reason}", "Allow our address {address} on port {port} (form enclosed)", "Unsere Adresse {address} für Port {port} freischalten (Vordruck liegt bei)"),
    "credentials.accepted": ("Are the credentials accepted?", "Gelten die Zugangsdaten?", "The credentials are accepted ({operation}: {status})", "Die Zugangsdaten gelten ({operation}: {status})", "The credentials are refused ({operation}: {status})", "Die Zugangsdaten werden abgewiesen ({operation}: {status})", "Create a test company and an API user with restricted rights", "Testmandant und API-Benutzer mit eingeschränkten Rechten anlegen"),
    "document.valid": ("Is the document valid?", "Ist das Dokument gültig?", "The document is valid ({validator})", "Das Dokument ist gültig ({validator})", "The document breaks its own rules in {problems} places; the first: {first}", "Das Dokument verletzt seine eigenen Regeln an {problems} Stellen; die erste: {first}", "Send the list to the vendor; nothing here waits for it", "Die Liste dem Hersteller senden; hier wartet nichts darauf"),
    "pagination.declared": ("Is paging documented?", "Ist das Blättern beschrieben?", "Pages by {style} ({operation})", "Geblättert wird mit {style} ({operation})", "No paging is documented", "Blättern ist nicht beschrieben", "Ask the vendor", "Den Hersteller fragen"),
    "pagination.ends": ("Does a full walk end?", "Endet ein voller Durchlauf?", "A full walk ended after {pages} pages with {records} records", "Ein voller Durchlauf endete nach {pages} Seiten mit {records} Datensätzen", "The walk did not end: {reason}", "Der Durchlauf endete nicht: {reason}", "Ask the vendor for a stable cursor", "Den Hersteller um einen stabilen Cursor bitten"),
    "pagination.no-repeats": ("Does no record come twice?", "Kommt kein Datensatz doppelt?", "No record came twice", "Kein Datensatz kam doppelt", "Page {page} repeats {repeated} records of the page before", "Seite {page} wiederholt {repeated} Datensätze der Seite davor", "Sort by id while paging, then check again", "Beim Blättern nach Kennung sortieren, dann erneut prüfen"),
    "updated-since.declared": ("Is there a documented filter on changed time?", "Ist ein Filter auf die Änderungszeit beschrieben?", "{param} narrows to what changed", "{param} schränkt auf Geändertes ein", "No filter on changed time is documented", "Ein Filter auf die Änderungszeit ist nicht beschrieben", "Name it in the project file if there is one", "In der Projektdatei nennen, falls es einen gibt"),
    "updated-since.excludes-older": ("Does the filter exclude older records?", "Schließt der Filter Älteres aus?", "{param} left out all {older} older records", "{param} ließ alle {older} älteren Datensätze weg", "{param} is ignored: {older} older records came along", "{param} wird ignoriert: {older} ältere Datensätze kamen mit", "Ask the vendor how to ask for changes", "Den Hersteller fragen, wie man nach Änderungen fragt"),
    "filter.honoured": ("Does the filter really filter?", "Filtert der Filter wirklich?", "{param} kept {kept} of {of} records, all of them right", "{param} ließ {kept} von {of} Datensätzen übrig, alle richtig", "{param} kept {kept} of {of} records, among them wrong ones", "{param} ließ {kept} von {of} Datensätzen übrig, darunter falsche", "Filter on our side", "Auf unserer Seite filtern"),
    "list.readable": ("Can the list be read?", "Ist die Liste lesbar?", "{operation} answers {status}", "{operation} antwortet {status}", "{operation} answers {status}", "{operation} antwortet {status}", "Give the role the right to read", "Der Rolle das Leserecht geben"),
    "read.single": ("Can a record be read?", "Ist ein Datensatz lesbar?", "{operation} answers {status}", "{operation} antwortet {status}", "{operation} answers {status}", "{operation} antwortet {status}", "Give the role the right to read", "Der Rolle das Leserecht geben"),
    "timestamp.zoned": ("Do timestamps carry a zone?", "Tragen Zeitstempel eine Zeitzone?", "{field} carries a zone ({format})", "{field} trägt eine Zeitzone ({format})", "{field} has no zone ({format})", "{field} hat keine Zeitzone ({format})", "State the system’s time zone in the project file", "Die Zeitzone des Systems in der Projektdatei nennen"),
    "webhooks.declared": ("Does the document know events?", "Kennt das Dokument Änderungsmeldungen?", "Events are documented ({operations})", "Änderungsmeldungen sind beschrieben ({operations})", "The document names no events", "Das Dokument nennt keine Änderungsmeldungen", "Ask the vendor whether there are events that the document leaves out", "Den Hersteller fragen, ob es Änderungsmeldungen gibt, die das Dokument verschweigt"),
    "webhook.covers-events": ("Does every change lead to an event?", "Führt jede Änderung zu einer Meldung?", "Each change led to an event: {tried}", "Jede Änderung führte zu einer Meldung: {tried}", "No event came for: {missing}", "Keine Meldung kam für: {missing}", "Poll besides", "Zusätzlich abfragen"),
    "webhook.arrives": ("Do events arrive?", "Kommen Meldungen an?", "Events arrive after {median} s", "Meldungen kommen nach {median} s", "No event came in {waited} s", "In {waited} s kam keine Meldung", "Ask the vendor", "Den Hersteller fragen"),
    "webhook.complete-payload": ("Do events carry the record?", "Enthalten Meldungen den Datensatz?", "Events carry the whole record", "Meldungen enthalten den ganzen Datensatz", "Events lack {fields}", "Meldungen fehlt {fields}", "Read again", "Nachlesen"),
    "keys.match": ("Do the keys agree?", "Stimmen die Schlüssel überein?", "All {left} keys have a counterpart", "Alle {left} Schlüssel haben ein Gegenstück", "Of {left} product numbers {same} agree, after cleaning the spelling {cleaned}; {missing} have no counterpart", "Von {left} Artikelnummern stimmen {same} überein, nach Bereinigung der Schreibweise {cleaned}; für {missing} fehlt das Gegenstück", "Assign {missing} products, or exclude them with a reason", "{missing} Artikel zuordnen oder mit Begründung ausschließen"),
    "quota.within-share": ("Does the mode fit the share?", "Reicht der Anteil?", "{calls} calls a day, the share is {share}", "{calls} Aufrufe am Tag, der Anteil ist {share}", "{calls} calls a day, the share is only {share}", "{calls} Aufrufe am Tag, der Anteil ist nur {share}", "Poll less often, or agree on a larger share", "Seltener abfragen oder einen größeren Anteil vereinbaren"),
    "flow.on-delete-stated": ("Is a policy for deletions stated?", "Ist geregelt, was beim Löschen geschieht?", "On deletion: {policy}", "Beim Löschen: {policy}", "Nothing is stated", "Nichts ist geregelt", "State `on_delete` in the project file", "„on_delete“ in der Projektdatei angeben"),
    "agreement.signed": ("Is the agreement signed?", "Ist der Vertrag unterschrieben?", "Signed", "Unterschrieben", "The data processing agreement is not signed; until then we read no real persons’ data", "Der Auftragsverarbeitungsvertrag ist nicht unterschrieben; bis dahin lesen wir keine echten Personendaten", "Sign the data processing agreement (data protection reviews it first)", "Auftragsverarbeitungsvertrag unterschreiben (Datenschutz prüft vorher)"),
    "token.renewed": ("Is the token renewed?", "Wird das Kennzeichen erneuert?", "Renewed", "Erneuert", "Not renewed: {reason}", "Nicht erneuert: {reason}", "Ask the vendor", "Den Hersteller fragen"),
}  # fmt: skip


def text(en: str, de: str) -> Text:
    """Both languages of a text."""
    return Text(en=en, de=de)


def finding(
    claim: str, subject: str, answer: str, grade: str, evidence: tuple[str, ...] = (), **values: Any
) -> Finding:
    """A finding; its English rendering is the claim's id, so that a report that shows it in German gives itself away."""
    return Finding(
        id=claim,
        subject=subject,
        answer=Answer(answer),
        grade=Grade(grade),
        says=f"says of {claim}",
        values=values,
        evidence=evidence,
    )


FINDINGS = (
    finding("network.tcp", "crm", "yes", "probed", ("ex-1",), host="crm.example.com", port=443, milliseconds=41),
    finding("network.tcp", "erp", "no", "probed", ("ex-2",), host="erp.example.com", port=443, reason="timed out after 10 s", address="203.0.113.10"),
    finding("credentials.accepted", "crm", "yes", "probed", ("ex-3",), operation="GET /contacts", status=200),
    finding("credentials.accepted", "erp", "unknown", "probed", ("ex-2",), operation="GET /api/v2/customers"),
    finding("document.valid", "crm", "yes", "documented", ("doc-1",), validator="meta-schema"),
    finding("document.valid", "erp", "no", "documented", ("doc-2",), problems=1152, first="#/paths/~1customers/get: responses is missing"),
    finding("pagination.declared", "crm/contacts", "yes", "documented", ("doc-3",), style="cursor", operation="GET /contacts"),
    finding("pagination.ends", "crm/contacts", "yes", "probed", ("ex-3", "ex-4"), pages=13, records=1250),
    finding("pagination.no-repeats", "crm/contacts", "no", "probed", ("ex-4",), page=2, repeated=3),
    finding("pagination.declared", "erp/customers", "yes", "documented", ("doc-4",), style="page", operation="GET /customers"),
    finding("list.readable", "crm/contacts", "yes", "probed", ("ex-3",), operation="GET /contacts", status=200),
    finding("list.readable", "crm/companies", "yes", "probed", ("ex-3",), operation="GET /companies", status=200),
    finding("list.readable", "crm/products", "yes", "simulated", (), operation="GET /products", status=200),
    finding("read.single", "crm/contacts", "yes", "probed", ("ex-3",), operation="GET /contacts/{id}", status=200),
    finding("filter.honoured", "crm/contacts", "yes", "probed", ("ex-5",), param="email", kept=1, of=1250),
    finding("updated-since.declared", "crm/contacts", "yes", "documented", ("doc-3",), param="updated_after"),
    finding("updated-since.excludes-older", "crm/contacts", "yes", "probed", ("ex-5",), param="updated_after", older=1238),
    finding("updated-since.declared", "erp/customers", "yes", "documented", ("doc-4",), param="geaendert_seit"),
    finding("updated-since.declared", "erp/articles", "no", "documented", ("doc-4",)),
    finding("timestamp.zoned", "crm/contacts", "yes", "probed", ("ex-3",), field="updated_at", format="RFC 3339"),
    finding("timestamp.zoned", "erp/customers", "error", "probed", (), field="geaendert", error="connection lost"),
    finding("webhooks.declared", "crm", "yes", "documented", ("doc-5",), operations="POST /webhooks"),
    finding("webhooks.declared", "erp", "no", "documented", ("doc-2",)),
    finding("webhook.covers-events", "crm/contacts", "no", "probed", ("ex-3",), tried=["create", "update", "delete"], missing=["delete"], name="contact.created"),
    finding("webhook.arrives", "crm/contacts", "yes", "probed", ("ex-3",), median=1.2, worst=4.05, events=2),
    finding("webhook.complete-payload", "crm/contacts", "no", "probed", ("ex-3",), fields=["phone"], of=12),
    finding("keys.match", "flow:products", "no", "probed", ("count-1",), left=2950, same=1130, cleaned=2410, missing=540),
    finding("quota.within-share", "pair", "yes", "documented", ("project-1",), calls=1954, share=2500),
    finding("flow.on-delete-stated", "flow:contacts", "yes", "documented", ("project-1",), policy="deactivate"),
    finding("agreement.signed", "pair", "no", "answered", ("answer-1",)),
    finding("token.renewed", "crm", "not-permitted", "probed", ("action-1",)),
)  # fmt: skip


def result(item: str, subject: str, state: str, **more: Any) -> Result:
    """A result with the usual severity, gate and assignee, where nothing else is said."""
    usual = {"severity": "major", "gate": "go-live", "grade": None, "assignee": "system owner", "flows": ALL}
    return Result(item=item, subject=subject, state=State(state), summary=f"summary of {item}", **{**usual, **more})


def step(claim: str, **values: Any) -> NextStep:
    """The remedy of a claim, as a next step."""
    en, de = CLAIMS[claim][6:]
    told = {"remedy_en": fill(en, values, "en"), "remedy_de": fill(de, values, "de")}
    return NextStep(code="do-remedy", says=f"says of {claim}", values=told)


RESULTS = (
    result("object-scope", "pair", "ready", severity="blocker", gate="start", grade="answered", assignee="lead"),
    result("system-owner", "crm", "ready", severity="blocker", gate="start", grade="answered", assignee="lead"),
    result("system-owner", "erp", "unknown", severity="blocker", gate="start", assignee="lead", waits_on="answers:lead", due="2026-12-02"),
    result("leading-system", "flow:contacts", "unknown", severity="blocker", gate="build", assignee="department", waits_on="answers:department", due="2026-12-02", flows=("contacts",)),
    result("leading-system", "flow:products", "ready", severity="blocker", gate="build", grade="answered", flows=("products",)),
    result("error-recipient", "pair", "unknown", severity="blocker", assignee="lead", waits_on="answers:lead"),
    result("other-integrations", "pair", "unknown", assignee="lead", waits_on="answers:lead"),
    result("test-system-available", "erp", "not-ready", severity="blocker", gate="build", grade="probed", findings=("network.tcp@erp",), next_step=step("credentials.accepted"), due="2026-12-11", lead_time_days=20),
    result("test-system-available", "crm", "ready", severity="blocker", gate="build", grade="probed", findings=("network.tcp@crm",)),
    result("test-data-present", "crm/contacts", "ready", severity="blocker", gate="build", grade="probed", flows=("contacts",)),
    result("test-data-present", "erp/customers", "unknown", severity="blocker", gate="build", waits_on="firewall-ip-allowlist@erp"),
    result("side-effects-muted", "erp", "unknown", severity="blocker", gate="build", assignee="department", waits_on="answers:department"),
    result("credentials-at-hand", "crm", "ready", severity="blocker", gate="start", grade="probed", findings=("credentials.accepted@crm",), assignee="it"),
    result("credentials-at-hand", "erp", "unknown", severity="blocker", gate="start", findings=("credentials.accepted@erp",), assignee="it", waits_on="firewall-ip-allowlist@erp"),
    result("restricted-role", "crm", "waived", grade="answered", assignee="it", waiver=WaiverNote(who="Petra Özgür", why="bis zum Rollenkonzept", until="2027-03-31")),
    result("rights-sufficient", "crm", "not-permitted", severity="blocker", gate="build", assignee="it", findings=("token.renewed@crm",)),
    result("api-in-plan", "crm", "ready", severity="blocker", gate="start", grade="answered"),
    result("api-in-plan", "erp", "ready", severity="blocker", gate="start", grade="answered"),
    result("firewall-ip-allowlist", "erp", "not-ready", severity="blocker", gate="start", grade="probed", findings=("network.tcp@erp",), next_step=step("network.tcp", address="203.0.113.10", port=443), assignee="it", due="2026-12-04", lead_time_days=10),
    result("firewall-ip-allowlist", "crm", "ready", severity="blocker", gate="start", grade="probed", findings=("network.tcp@crm",), assignee="it"),
    result("api-docs-available", "crm", "ready", severity="blocker", gate="start", grade="documented"),
    result("api-docs-available", "erp", "ready", severity="blocker", gate="start", grade="documented"),
    result("api-docs-valid", "crm", "ready", severity="minor", grade="documented", findings=("document.valid@crm",), assignee="vendor"),
    result("api-docs-valid", "erp", "not-ready", severity="minor", grade="documented", findings=("document.valid@erp",), next_step=step("document.valid"), assignee="vendor"),
    result("endpoints-in-scope", "flow:contacts:crm->erp", "ready", severity="blocker", gate="build", grade="documented", flows=("contacts",)),
    result("pagination", "crm/contacts", "ready", severity="blocker", gate="build", grade="documented", findings=("pagination.declared@crm/contacts",), flows=("contacts",)),
    result("pagination", "crm/contacts", "not-ready", severity="blocker", gate="go-live", grade="probed", findings=("pagination.ends@crm/contacts", "pagination.no-repeats@crm/contacts"), next_step=step("pagination.no-repeats"), flows=("contacts",)),
    result("pagination", "erp/customers", "unknown", severity="blocker", gate="go-live", findings=("pagination.declared@erp/customers",), waits_on="firewall-ip-allowlist@erp"),
    result("filtering", "crm/contacts", "ready", grade="probed", findings=("filter.honoured@crm/contacts",), flows=("contacts",)),
    result("filtering", "erp/customers", "unknown", waits_on="firewall-ip-allowlist@erp"),
    result("updated-since-filter", "crm/contacts", "ready", grade="probed", findings=("updated-since.declared@crm/contacts", "updated-since.excludes-older@crm/contacts"), flows=("contacts",)),
    result("updated-since-filter", "erp/articles", "conditional", grade="documented", findings=("updated-since.declared@erp/articles",), measure=text("Compare in full once a night; 30 calls", "Einmal nachts vollständig vergleichen; 30 Aufrufe"), assignee="integrator", flows=("products",)),
    result("idempotent-create", "erp", "unknown", waits_on="us:touch", assignee="integrator"),
    result("rate-limit-burst", "crm", "ready", grade="probed"),
    result("rate-limit-burst", "erp", "conditional", grade="documented", measure=text("Keep to 1 call a second", "Höchstens 1 Aufruf je Sekunde"), assignee="integrator"),
    result("api-quota-daily", "erp", "conditional", grade="documented", measure=text("From the documentation, not from your contract: please confirm", "Aus der Dokumentation, nicht aus Ihrem Vertrag: bitte bestätigen"), assignee="system owner"),
    result("quota-headroom", "pair", "ready", severity="major", grade="documented", findings=("quota.within-share@pair",)),
    result("realtime-vs-daily", "flow:contacts", "ready", severity="blocker", gate="build", grade="answered", flows=("contacts",)),
    result("webhooks-available", "erp", "not-ready", severity="minor", grade="documented", findings=("webhooks.declared@erp",), next_step=step("webhooks.declared"), assignee="vendor"),
    result("changed-timestamp-quality", "erp/customers", "error", findings=("timestamp.zoned@erp/customers",), assignee="integrator"),
    result("loop-protection", "flow:contacts", "unknown", severity="blocker", gate="build", waits_on="us:touch", flows=("contacts",)),
    result("on-delete", "flow:contacts", "ready", severity="blocker", gate="build", grade="answered", findings=("flow.on-delete-stated@flow:contacts",), flows=("contacts",)),
    result("product-id-mapping", "flow:products", "not-ready", severity="blocker", gate="build", grade="probed", findings=("keys.match@flow:products",), next_step=step("keys.match", missing=540), assignee="department", due="2026-12-18", lead_time_days=14, flows=("products", "orders"), data_source=DataSource(records=2950, source="Artikelexport CRM", at="2026-11-25")),
    result("contact-matching-email", "flow:contacts", "ready", severity="blocker", gate="build", grade="probed", flows=("contacts",)),
    result("currencies", "erp", "unknown", waits_on="us:later"),
    result("tax-rates", "flow:contacts", "not-applicable", flows=("contacts",)),
    result("dpa-signed", "pair", "not-ready", severity="blocker", gate="start", grade="answered", findings=("agreement.signed@pair",), next_step=step("agreement.signed"), assignee="privacy", due="2026-12-04", lead_time_days=10),
    result("gdpr-deletion", "pair", "unknown", severity="blocker", assignee="privacy", waits_on="answers:privacy"),
    result("cutover-plan", "pair", "unknown", severity="blocker", assignee="lead", waits_on="answers:lead"),
    result("monitoring-alerting", "pair", "unknown", severity="major", assignee="platform", waits_on="answers:platform"),
)  # fmt: skip

EVIDENCE = {
    "action-1": ActionEvidence(flow="contacts", action="update crm/contacts 4711", detail={"changed": ["email"]}),
    "answer-1": PersonEvidence(item="dpa-signed", answer="in signature", who="Jörg Weiß", when="2026-11-20", note="liegt bei der Geschäftsleitung"),
    "count-1": CountEvidence(system="crm", resource="products", records=2950, counted={"same": 1130, "cleaned": 2410, "missing": 540}, at="2026-11-25T08:00:00Z", examples=("A-1***", "a 1***")),
    "doc-1": DocumentEvidence(system="crm", source="crm.openapi.json", pointer="#"),
    "doc-2": DocumentEvidence(system="erp", source="erp.openapi.yaml", pointer="#/paths/~1customers/get", excerpt="get:\n  operationId: listCustomers\n  parameters: [...]", line=118),
    "doc-3": DocumentEvidence(system="crm", source="crm.openapi.json", pointer="#/paths/~1contacts/get/parameters/2", excerpt='{"name": "updated_after", "in": "query"}', line=402),
    "doc-4": DocumentEvidence(system="erp", source="erp.openapi.yaml", pointer="#/paths/~1articles/get", line=512),
    "doc-5": DocumentEvidence(system="crm", source="crm.openapi.json", pointer="#/paths/~1webhooks/post", line=900),
    "ex-1": ExchangeEvidence(at="2026-11-27T15:20:01Z", system="crm", request={"method": "HEAD", "url": "https://crm.example.com/"}, response={"status": 204}, milliseconds=41.2, repeat="curl -I https://crm.example.com/"),
    "ex-2": ExchangeEvidence(at="2026-11-27T15:20:12Z", system="erp", request={"method": "GET", "url": "https://erp.example.com/api/v2/customers?page=1&page_size=100", "headers": {"Authorization": "Basic …"}}, response=None, error="timed out after 10 s", repeat='curl -u "$ERP_USER:$ERP_PASSWORD" "https://erp.example.com/api/v2/customers?page=1&page_size=100"'),
    "ex-3": ExchangeEvidence(at="2026-11-27T15:20:20Z", system="crm", request={"method": "GET", "url": "https://crm.example.com/contacts?limit=100", "headers": {"Authorization": "Bearer …", "Accept": "application/json"}}, response={"status": 200, "headers": {"Content-Type": "application/json", "RateLimit-Remaining": "4711"}, "body": {"results": [{"id": "c_1", "email": "m***@***.de", "updated_at": "2026-11-24T09:12:44Z"}], "paging": {"next": {"after": "Y18x"}}}}, milliseconds=63.0, repeat='curl -H "Authorization: Bearer $CRM_TOKEN" "https://crm.example.com/contacts?limit=100"'),
    "ex-4": ExchangeEvidence(at="2026-11-27T15:20:21Z", system="crm", request={"method": "GET", "url": "https://crm.example.com/contacts?limit=100&after=Y18x"}, response={"status": 200, "body": '{"results": [{"id": "c_99"}]}'}, milliseconds=58.0, repeat='curl -H "Authorization: Bearer $CRM_TOKEN" "https://crm.example.com/contacts?limit=100&after=Y18x"'),
    "ex-5": ExchangeEvidence(at="2026-11-27T15:20:24Z", system="crm", request={"method": "GET", "url": "https://crm.example.com/contacts?updated_after=2026-11-24T00:00:00Z"}, response={"status": 200, "headers": [["Content-Type", "application/json"]], "body": "[]"}, milliseconds=40.0),
    "project-1": ProjectEvidence(file="readiness.yaml", key="systems.erp.limits.daily_quota", excerpt="daily_quota: 5000", line=31),
}  # fmt: skip


def resource(name: str, base: str, role: str, **more: Any) -> ResourceProfile:
    """A resource with all its operations."""
    operations = Operations(list=f"GET {base}", read=f"GET {base}/{{id}}", create=f"POST {base}", update=f"PATCH {base}/{{id}}", delete=f"DELETE {base}/{{id}}")  # fmt: skip
    return ResourceProfile(name=name, role=role, operations=operations, **more)


def cursor(operation: str) -> dict[str, Any]:
    """What the CRM's lists can do."""
    return {
        "pagination": Pagination(style="cursor", operation=operation, max_page_size=100, params=(Param(name="after", in_="query", means="position"),)),
        "filtering": Filtering(supported=True, params=(Param(name="email", in_="query"),)),
        "sorting": Sorting(supported=None, params=(Param(name="order", in_="query"),)),
        "updated_since": UpdatedSince(supported=True, param=Param(name="updated_after", in_="query")),
        "fields": FieldRoles(id="id", updated="updated_at", email="email"),
    }  # fmt: skip


CRM = Profile(
    document=DocumentInfo(title="Demo CRM", version="3.2.0", openapi="3.1.0", source="crm.openapi.json"),
    valid=True, validated_by="meta-schema", operations=48,
    webhooks=Webhooks(kind="subscription_api", operations=("POST /webhooks",)),
    resources=(
        resource("companies", "/companies", "company", **cursor("GET /companies")),
        resource("contacts", "/contacts", "contact", **cursor("GET /contacts")),
        resource("products", "/products", "product", **cursor("GET /products")),
        resource("deals", "/deals", "order", **cursor("GET /deals")),
    ),
)  # fmt: skip
PAGED = {"pagination": Pagination(style="page", max_page_size=200), "filtering": Filtering(supported=None), "fields": FieldRoles(id="nr", updated=["geaendert_am", "geaendert_um"])}  # fmt: skip
ERP = Profile(
    document=DocumentInfo(title="Demo ERP", version="2024.1", openapi="2.0", source="erp.openapi.yaml"),
    valid=False, problems=tuple(DocumentProblem(pointer=f"#/paths/{n}", message="responses is missing") for n in range(3)), operations=137,
    resources=(
        resource("customers", "/api/v2/customers", "company", updated_since=UpdatedSince(supported=True, param=Param(name="geaendert_seit", in_="query")), **PAGED),
        resource("articles", "/api/v2/articles", "product", **PAGED),
        ResourceProfile(name="orders", role="order", operations=Operations(list="GET /api/v2/orders", create="POST /api/v2/orders"), **PAGED),
    ),
)  # fmt: skip

FLOWS = (
    FlowSeen(name="companies", left="crm/companies", right="erp/customers", direction="both", freshness_minutes=15, role="company", fields=9),
    FlowSeen(name="contacts", left="crm/contacts", right="erp/customers.contactPersons[]", direction="both", freshness_minutes=15, role="contact", leading="crm", fields=11),
    FlowSeen(name="products", left="crm/products", right="erp/articles", direction="right-to-left", freshness_minutes=1440, role="product", leading="erp", fields=6),
    FlowSeen(name="orders", left="crm/deals", right="erp/orders", direction="left-to-right", freshness_minutes=15, role="order", fields=15),
)  # fmt: skip


def alternative(interval: int, read: int, total: int, *, fits: bool) -> ModeAlternative:
    """A polling interval with its sum."""
    return ModeAlternative(mode="polling", interval_minutes=interval, terms={"read": read, "sweep": 310, "write": 890}, calls_per_day=total, fits=fits)  # fmt: skip


ALTERNATIVES = (alternative(5, 1152, 2587, fits=False), alternative(10, 576, 1954, fits=True))
ARITHMETIC = {"quota": 5000, "share": 0.5, "usable": 2500, "retry_factor": 1.1}
POLLING_SAYS = {
    "reasons": [told("filter-there", {"place": "erp/customers", "minutes": 10})],
    "why_not_faster": [
        told("no-events", {"source": "erp", "resource": "customers", "kinds": ["create", "update"]}),
        told("too-many-calls", {"minutes": 5, "calls": 2587, "usable": 2500}),
    ],
}
POLLING = {
    "mode": "polling", "rule": "R4", "interval_minutes": 10, "riders": ("R9", "R11"), "staleness_minutes": Staleness(mean=6, worst=11),
    "why_not_faster": "says of why not", "says": POLLING_SAYS, "arithmetic": ARITHMETIC, "alternatives": ALTERNATIVES,
    "settled_by": ("updated-since.excludes-older@erp/customers", "api-quota-daily@erp"), "reasons": ("says of the filter",),
}  # fmt: skip
EVENTS = {"mode": "webhooks", "rule": "R2", "riders": (), "staleness_minutes": Staleness(mean=0.05, worst=60), "reasons": ("says of events",), "says": {"reasons": [told("events-there", {"source": "crm", "resource": "contacts"})], "why_not_faster": []}}  # fmt: skip
SYNC = SyncMode(
    headline="mixed", provisional=True,
    flows=(
        FlowMode(flow="companies", from_="crm", to="erp", **EVENTS),
        FlowMode(flow="companies", from_="erp", to="crm", **POLLING),
        FlowMode(flow="contacts", from_="crm", to="erp", **EVENTS),
        FlowMode(flow="contacts", from_="erp", to="crm", **POLLING),
        FlowMode(flow="products", from_="erp", to="crm", mode="daily", rule="R0", leading="erp", staleness_minutes=Staleness(mean=720, worst=1450)),
        FlowMode(flow="orders", from_="crm", to="erp", **EVENTS),
    ),
)  # fmt: skip


def played(name: str, outcome: str, *happened: Said, flow: str | None = "contacts", **more: Any) -> RehearsalStep:
    """A situation of the rehearsal."""
    return RehearsalStep(
        name=name, outcome=StepOutcome(outcome), says=f"says of {name}", happened=happened, flow=flow, **more
    )


BOTH = {"left": "crm", "right": "erp"}
STEPS = (
    played("first-load", "decision", said("arrived", arrived=1, expected=1), said("left-to-people", n=1, target="erp", policy="ask"), flow="companies", actions=1, did=(said("did-create", records={"crm": 1, "erp": 1}),), decide=(said("decide-create", source="crm", target="erp"),)),
    played("second-run-idle", "pass", said("idle"), flow="companies", did=(said("did-run-again"),)),
    played("first-load", "pass", said("arrived", arrived=3, expected=3), actions=3, did=(said("did-create", records={"crm": 2, "erp": 1}),), evidence=("action-1",)),
    played("second-run-idle", "fail", said("written-again", n=1, fields=["phone"]), actions=1, did=(said("did-run-again"),), decide=(said("decide-altered", target="erp"),)),
    played("change-left", "pass", said("change-arrived", target="erp"), actions=1, did=(said("did-change", system="crm", fields=["job_title"]),)),
    played("change-right", "pass", said("change-arrived", target="crm"), actions=1, did=(said("did-change", system="erp", fields=["position"]),)),
    played("different-fields", "pass", said("merged"), actions=2, did=(said("did-change-both", left_fields=["job_title"], right_fields=["telefon"], **BOTH),)),
    played("same-field", "decision", said("conflict-kept"), said("by-rule", policy="ask"), did=(said("did-change-same", fields=["job_title"], **BOTH),), decide=(said("decide-conflict"),)),
    played("refused-value", "pass", said("listed", reasons=["HTTP 422, nachname"]), actions=2, did=(said("did-too-long", source="crm", target="erp", fields=["last_name"], length=61, most=60),), decide=(said("decide-refused", source="crm"),), evidence=("ex-3", "ex-4")),
    played("other-side-down", "unknown", said("broke-off", reason="unreachable"), did=(said("did-outage-create", source="crm", target="erp"),)),
    played("change-left", "skipped", said("skip-one-way", source="crm", target="erp"), flow="products"),
    played("clean-up", "pass", said("removed", n=9), flow=None, did=(said("did-clean-up"),)),
)  # fmt: skip

READ = "2026-11-27T15:31:40Z"
MANY_FIELDS = tuple(FieldFigures(name=f"feld_{n}", filled=2000 + n, distinct=n) for n in range(1, 14))
FIGURES = RecordFigures(
    sources={
        "crm/contacts": ResourceFigures(source="sandbox", at=READ, records=1250, times=(
            TimeFigures(role="created", name="created_at", counts={"2024-11": 3, "2025-02": 1100, "2026-11": 140}, without=5, later=2, clumps=(Clump(at="2025-02-03T02:00:00Z", records=1031),)),
            TimeFigures(role="updated", name="updated_at", counts={"2026-11-20": 12, "2026-11-27": 1}, earlier=4),
        )),
        "erp/customers": ResourceFigures(source="kunden.csv (CSV, utf-8)", at="2026-11-25T08:00:00Z", records=1190, times=(
            TimeFigures(role="created", name="angelegt_am", counts={"2026": 1190}, clumps=(Clump(at="2026-01-02", records=700),)),
            TimeFigures(role="updated", name="geaendert_am + geaendert_um", without=1190),
        )),
        "crm/products": ResourceFigures(source="system", at=READ, records=5000, total=26000, whole=False),
        "erp/articles": ResourceFigures(source="sandbox", at="", whole=False, missing="stateless-mock"),
        "crm/companies": ResourceFigures(source="sandbox", at=READ, records=5000, total=5200, whole=False),
    },
    flows=(
        FlowFigures(flow="contacts", direction="both", linked_by=(KeyFigures(by="email", pairs=980), KeyFigures(by="last_name + first_name", pairs=20)),
            left=SideFigures(reference="crm/contacts", records=1250, wanted=1100, linked=1000, ambiguous=12, keyless=3, decide=85, stay=150, refused={"nachname": 3, "..plz": 1},
                fields=(FieldFigures(name="email", filled=1099, distinct=1090, key=1), FieldFigures(name="last_name", filled=1100, distinct=610, key=2, demanded=True), FieldFigures(name="phone", filled=2, distinct=1), FieldFigures(name="fax", filled=0, distinct=0))),
            right=SideFigures(reference="erp/customers.contactPersons[]", records=1400, wanted=1400, linked=1000, ambiguous=14, create=386, refused={},
                fields=(FieldFigures(name="mail", filled=1300, distinct=1290, key=1), FieldFigures(name="..nr", filled=1400, distinct=900)))),
        FlowFigures(flow="products", direction="right-to-left", missing="stateless-mock", left=SideFigures(reference="crm/products", records=5000, wanted=5000, fields=MANY_FIELDS), right=SideFigures(reference="erp/articles")),
        FlowFigures(flow="companies", direction="both", missing="not-all-read", left=SideFigures(reference="crm/companies", records=5000, wanted=5000), right=SideFigures(reference="erp/customers", records=1190, wanted=1190, refused={f"feld_{n}": n for n in range(1, 12)}, fields=(FieldFigures(name="ust_id", filled=804, distinct=790, key=1), FieldFigures(name="name1", filled=1190, distinct=1175)))),
    ),
)  # fmt: skip


def verdict() -> Verdict:
    """The verdict that follows from the results."""
    counting = [
        one for one in RESULTS if one.severity == "blocker" or (one.gate == "go-live" and one.severity == "major")
    ]
    blocking = tuple(dict.fromkeys(f"{one.item}@{one.subject}" for one in counting if one.state in {"not-ready", "unknown", "not-permitted", "error"}))  # fmt: skip
    closed = {"start": "not-ready", "build": "not-ready", "go-live": "not-ready"}
    counts = {str(state): sum(one.state == state for one in RESULTS) for state in State}
    return Verdict(
        ready=False, gate="go-live", gates=closed, flows=dict.fromkeys(ALL, closed), blocking=blocking, counts=counts
    )


def item_text(section: str, en: str, de: str) -> ItemText:
    """The texts of an item."""
    return ItemText(
        section=section, question=text(en, de), pack="core",
        why=text("Found late, this costs weeks.", "Spät bemerkt, kostet das Wochen."),
        remedy=text("Settle it with the system owner.", "Mit der Systemverantwortung klären."),
    )  # fmt: skip


def sample() -> Audit:
    """The audit."""
    return Audit(
        project="Muster GmbH: CRM ↔ ERP", readiness_version="0.1.0", started="2026-11-27T15:20:00Z", finished="2026-11-27T15:40:12Z",
        phases=("look", "touch"), language="de", go_live="2027-02-01", verdict=verdict(),
        systems={
            "erp": SystemSeen(base_url="https://erp.example.com/api/v2", reached=False, profile=ERP, sandbox=True, requests=3),
            "crm": SystemSeen(base_url="https://crm.example.com", reached=True, profile=CRM, sandbox=True, reached_from="203.0.113.10", requests=214),
        },
        flows=FLOWS, findings=FINDINGS, results=RESULTS, sync_mode=SYNC,
        rehearsal=Rehearsal(steps=STEPS), records=FIGURES,
        coverage=Coverage(operations=(12, 185), fields=(9, 41), not_tested=(
            NotTested(code="load", says="load"), NotTested(code="outage", says="outages over a day"), NotTested(code="production-rights", says="production rights"))),
        items={item: item_text(*texts) for item, texts in ITEMS.items()},
        sections={section: text(*texts) for section, texts in SECTIONS.items()},
        texts={claim: FindingText(question=text(t[0], t[1]), yes=text(t[2], t[3]), no=text(t[4], t[5]), unknown=text("Not known yet", "Noch nicht bekannt"), remedy=text(t[6], t[7])) for claim, t in CLAIMS.items()},
        evidence=EVIDENCE,
    )  # fmt: skip


def ready() -> Audit:
    """A small audit in which everything is met."""
    clear = dict.fromkeys(("start", "build", "go-live"), "ready")
    kept = tuple(one for one in RESULTS if one.state == State.READY)
    verdict_ = Verdict(
        ready=True,
        gate="go-live",
        gates=clear,
        flows=dict.fromkeys(ALL, clear),
        blocking=(),
        counts={"ready": len(kept)},
    )
    return msgspec.structs.replace(sample(), verdict=verdict_, results=kept, go_live=None)


def bare() -> Audit:
    """An audit that found out nothing: no systems' documents, no flows, no results."""
    verdict_ = Verdict(ready=False, gate="go-live", gates={}, flows={}, blocking=(), counts={})
    return Audit(
        project="leer", readiness_version="0.1.0", started="2026-11-27T15:20:00Z", finished="2026-11-27T15:40:12Z", phases=(), verdict=verdict_,
        systems={}, flows=(), findings=(), results=(), sync_mode=SyncMode(headline=None, provisional=True), items={}, sections={}, texts={}, evidence={},
    )  # fmt: skip
