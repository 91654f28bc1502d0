"""The shape of every error: RFC 9457 problem details, a stable code, and what some codes add."""

from __future__ import annotations

from marshmallow import fields

from api.schemas.fields import OutSchema

MEANINGS = {
    "account_closed": "the account was closed",
    "account_not_found": "there is no such account within your reach",
    "action_not_allowed": "the alert's state does not allow it; `state` and `allowed` say what does",
    "alert_not_found": "there is no such alert within your reach",
    "answers_withheld": "the answers, and what stands beside them, are not for you to read",
    "body_too_large": "the body is larger than this service takes",
    "busy": "too many changes at once; send the same again",
    "changed_meanwhile": "somebody changed it since it was read; read it again",
    "changes_nothing": "the report says this already; nothing would change",
    "code_not_usable": "the code was mistyped, used before, or has expired",
    "come_again": "the batch took too long; send this entry again after `retry_after` seconds",
    "confirm_first": "this device is not confirmed yet; it may send, and not read",
    "confirmed_before": "the device was confirmed before",
    "consent_withdrawn": "the patient's consent was withdrawn",
    "database_away": "the database cannot be reached, or cannot store now; send the same again",
    "device_not_found": "there is no such device within your reach",
    "document_unreadable": "what is stored for it is damaged, until an operator has repaired it",
    "email_taken": "somebody has this address already",
    "exceptions_contradict": "exceptions of `patients` do not fit the new thresholds",
    "expectation_failed": "send the same without `Expect`; nothing of the body was read",
    "grant_not_found": "there is no such grant within your reach",
    "grant_to_read": "your permission for this person is to read, not to report",
    "has_second_factor": "the account has the recovery codes of its second factor",
    "id_used": "this id was used for another content; give a new thing a new id",
    "instrument_not_found": "there is no such instrument or version within your reach",
    "internal_error": "a mistake of ours; `instance` names it in the log",
    "invalid": "`errors` names each wrong place",
    "invalid_answers": "the answers do not fit the instrument; `errors` names each wrong item",
    "invalid_definition": "the definition has mistakes; `errors` names each",
    "invalid_translation": "the translation does not fit the definition; `errors` names each place",
    "invitation_not_found": "there is no such invitation, or it was redeemed within your reach",
    "malformed_request": "not JSON that can be read, or a query parameter given twice",
    "member_not_found": "there is no such member of the site's staff within your reach",
    "message_not_found": "there is no such message within your reach",
    "method_not_allowed": "this address has no such method; `Allow` names those it has",
    "mode_not_allowed": "this respondent does not answer in this mode",
    "no_consent": "the patient's consent is not recorded at the clinic",
    "no_second_factor": "the account has no second factor; set one up",
    "not_acceptable": "there is no answer in the media type that was asked for",
    "not_allowed": "your account may not do this",
    "not_configured": "the service is not configured",
    "not_current": "the report was voided or is kept aside",
    "not_found": "there is no such address",
    "not_in_quarantine": "the report is not kept aside",
    "not_ready": "the service cannot serve requests now; `checks` says why",
    "not_signed_in": "there is no access token, or it cannot be used; refresh or sign in",
    "nothing_proposed": "no texts are proposed",
    "not_yours": "somebody else gave this report",
    "note_not_found": "there is no note with this report",
    "own_account": "nobody does this to their own account",
    "own_invitation": "nobody can redeem a code that they made",
    "own_proposal": "somebody else has to agree to what you proposed",
    "part_of_account": "a clinic confirmed this device: use another one, or the recovery code",
    "passkey_known": "this passkey is in use already",
    "passkey_not_found": "there is no such passkey within your reach",
    "passkey_refused": "the passkey cannot be used, or its challenge was used or is too old",
    "patient_closed": "the patient is not followed any more",
    "patient_not_found": "there is no such patient within your reach",
    "precondition_required": "send the ETag of what you read as If-Match",
    "recovery_code_wrong": "the recovery code is wrong or was used",
    "recovery_needed": "the session ended; enrol again or use the recovery code",
    "refresh_token_invalid": "the refresh token cannot be used; sign in",
    "replay_not_found": "there is no such replay within your reach",
    "replays_waiting": "enough replays of the site are waiting",
    "report_not_found": "there is no such report within your reach",
    "respondent_not_allowed": "this instrument is not answered by this respondent",
    "respondent_not_yours": "your account answers as somebody else",
    "roles_elsewhere": "the person works at another site too; take the roles away here instead",
    "second_factor_needed": "give the code of the second factor, then send the same again",
    "second_factor_not_begun": "begin to set up a second factor first",
    "second_factor_set": "there is a second factor already",
    "second_factor_wrong": "the code of the second factor is wrong or was used",
    "second_person_needed": "whoever made the code cannot confirm the phone that redeemed it",
    "session_ended": "the session was ended; sign in",
    "site_not_found": "there is no such site within your reach",
    "still_unknown": "this server does not know the instrument version yet",
    "study_code_used": "another patient of the site has this study code",
    "token_expired": "the access token has run out; refresh, and send the same again",
    "token_invalid": "this is no access token of this service; sign in",
    "too_many_attempts": "wait for `Retry-After`",
    "too_many_calls": "wait for `Retry-After`",
    "too_many_grants": "the patient has as many grants as one can have",
    "too_many_instruments": "the site has as many definitions as one can have",
    "too_many_passkeys": "the account has as many passkeys as one can have",
    "too_many_reports": "many late reports about this patient came today; wait for `Retry-After`",
    "too_many_requests": "wait for `Retry-After`",
    "too_many_sign_ins": "wait for `Retry-After`",
    "not_dead": "the message was not given up, so it is not tried again",
    "too_many_webhooks": "the site has as many webhooks as one can have",
    "unavailable": "cannot be done now; send the same again",
    "unsupported_media_type": "send JSON with Content-Type: application/json",
    "version_taken": "the site has another definition of this version",
    "voided": "the report was voided before",
    "weak_password": "choose another password",
    "webhook_not_found": "there is no such webhook within your reach",
    "wrong_credentials": "the address or the password is wrong",
}
"""Every code with what it means to the caller. A code that is not here fails the tests that meet it."""

_CODE = {
    "anyOf": [
        {
            "x-component": {
                "name": "ProblemCode",
                "schema": {
                    "type": "string",
                    "enum": sorted(MEANINGS),
                    "description": "New codes may come: go by the status then.\n\n"
                    + "\n".join(f"- `{code}`: {meaning}" for code, meaning in sorted(MEANINGS.items())),
                },
            }
        },
        {"type": "string"},
    ],
    "description": "stable word for programs",
}


class FieldErrorSchema(OutSchema):
    """One thing wrong with one place of the request."""

    pointer = fields.String(
        required=True, metadata={"description": "JSON Pointer into the body, or ?name of a query parameter"}
    )
    code = fields.String(required=True, metadata={"description": "word for programs; new ones may come"})
    detail = fields.String(required=True, metadata={"description": "sentence for people"})


class ProblemSchema(OutSchema):
    """RFC 9457 problem details. Members after `errors` come with single codes, or with texts of safety."""

    type = fields.String(required=True, metadata={"description": "urn:slope:problem: and the code"})
    title = fields.String(required=True)
    status = fields.Integer(required=True)
    code = fields.Raw(required=True, metadata=_CODE)
    detail = fields.String(required=True, metadata={"description": "sentence for people"})
    instance = fields.String(
        metadata={"description": "internal_error: names this one, for whoever reads the log"}
    )
    errors = fields.List(fields.Nested(FieldErrorSchema()), metadata={"description": "at most 100"})
    errors_left_out = fields.Integer(metadata={"description": "how many errors there are besides"})
    checks = fields.Dict(
        keys=fields.String(),
        values=fields.String(),
        metadata={"description": "not_ready: the verdict of each check, by its name"},
    )
    state = fields.String(metadata={"description": "action_not_allowed: the alert's state"})
    allowed = fields.List(fields.String(), metadata={"description": "action_not_allowed: what it allows"})
    patients = fields.List(fields.String(), metadata={"description": "exceptions_contradict: some ids"})
    patients_in_all = fields.Integer(metadata={"description": "exceptions_contradict: how many"})
    stored_digest = fields.String(metadata={"description": "version_taken: of the definition that is there"})
    sent_digest = fields.String(metadata={"description": "version_taken: of the definition that was sent"})
    crisis_text = fields.String(metadata={"description": "a report that was refused: show it at once"})
    breathing_text = fields.String(metadata={"description": "a report that was refused: show it at once"})
    evaluation = fields.String(
        metadata={
            "description": "a report that was refused: `pending` when its alert follows within a minute"
        }
    )
