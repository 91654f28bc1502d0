"""Every collection, and its indexes: made by an explicit command, checked by the readiness of the service.

Indexes are never made on first use, because two servers that start together would race past a unique one.
A new document class is added to `DOCUMENTS`; a test compares the list with the classes there are.
"""

from __future__ import annotations

from models.accounts.absences import AbsenceDocument
from models.accounts.accounts import AccountDocument
from models.accounts.invitations import InvitationDocument
from models.accounts.sessions import SessionDocument
from models.accounts.sign_in_attempts import AttemptDocument
from models.accounts.used_challenges import UsedChallengeDocument
from models.alerts.alerts import AlertDocument
from models.alerts.looks import LookDocument
from models.ledger.document import LedgerDocument
from models.outbox.mailbox import MailboxDocument
from models.outbox.messages import MessageDocument
from models.patients.patients import PatientDocument
from models.patients.study_codes import StudyCodeDocument
from models.patients.summaries import PatientSummaryDocument
from models.replays.parts import ReplayPartDocument
from models.replays.replays import ReplayDocument
from models.sites.policies import PolicyDocument
from models.sites.site_instruments import SiteInstrumentDocument
from models.sites.sites import SiteDocument
from models.sites.translations import TranslationDocument
from models.sites.webhooks import WebhookDocument
from models.store import connection
from models.store.base import BaseDocument
from models.store.call_counts import CallCountDocument
from models.store.heartbeats import HeartbeatDocument

DOCUMENTS: tuple[type[BaseDocument], ...] = (
    AbsenceDocument,
    AccountDocument,
    AlertDocument,
    AttemptDocument,
    CallCountDocument,
    HeartbeatDocument,
    InvitationDocument,
    LedgerDocument,
    LookDocument,
    MailboxDocument,
    MessageDocument,
    PatientDocument,
    PatientSummaryDocument,
    PolicyDocument,
    ReplayDocument,
    ReplayPartDocument,
    SessionDocument,
    SiteDocument,
    SiteInstrumentDocument,
    StudyCodeDocument,
    TranslationDocument,
    UsedChallengeDocument,
    WebhookDocument,
)

_OF_EVERY_COLLECTION = [("_id", 1)]  # comes with the first document


def create_all() -> None:
    """Create every index that is missing, however long that takes; those that are there stay."""
    with connection.without_limit():
        for document in DOCUMENTS:
            document.ensure_indexes()


def missing() -> list[str]:
    """Return the indexes that are not there, as `collection(field, ...)`."""
    return [
        f"{document._get_collection_name()}({', '.join(field for field, _ in index)})"
        for document in DOCUMENTS
        for index in document.compare_indexes()["missing"]
        if index != _OF_EVERY_COLLECTION
    ]
