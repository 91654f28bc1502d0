"""Examples of signing in: tokens, accounts, keys. Synthetic."""

from __future__ import annotations

PHONE = {"id": "6d0f3a52-6a4f-4f60-9a52-0b2f2f1f7a10", "name": "Anna's phone"}
KEY = {
    "kty": "OKP",
    "crv": "Ed25519",
    "alg": "EdDSA",
    "use": "sig",
    "kid": "1f0c",
    "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo",
}
ACCOUNT = {
    "id": "019ab1c2-0000-7000-8000-000000000001",
    "name": "Anna Weiss",
    "email": "anna@example.org",
    "patient_id": None,
    "roles": [{"site_id": "019ab1c2-0000-7000-8000-00000000000a", "role": "clinician"}],
}
TOKENS = {
    "access_token": "eyJhbGciOiJFZERTQSIsImtpZCI6IjFmIiwidHlwIjoiYXQrand0In0.e30.c2ln",
    "token_type": "Bearer",
    "expires_in": 600,
    "refresh_token": "019ab1c2-5d20-7c31-9e3f-0a1b2c3d4e5f.AAAAAbk2",
    "account": ACCOUNT,
}
