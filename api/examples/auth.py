"""Examples of what is sent about signing in. Synthetic."""

from __future__ import annotations

from typing import Any

_PHONE = {"id": "6d0f3a52-6a4f-4f60-9a52-0b2f2f1f7a10", "name": "Anna's phone"}
ENROLMENT: dict[str, Any] = {"code": "7K3M-9QX2-TB4E", "device": _PHONE}
SIGN_IN: dict[str, Any] = {"email": "anna@example.org", "password": "correct horse battery"}
REFRESH: dict[str, Any] = {"refresh_token": "019ab1c2-5d20-7c31-9e3f-0a1b2c3d4e5f.c2VjcmV0c2VjcmV0"}
RECOVERY: dict[str, Any] = {"recovery_code": "7K3M-9QX2-TB4E-0V5N-8RWD-2HJC", "device": _PHONE}
PASSWORD_RESET: dict[str, Any] = {"code": "7K3M-9QX2-TB4E", "password": "nine lives of a tabby cat"}
PASSWORD_CHANGE: dict[str, Any] = {"old": "correct horse battery", "password": "nine lives of a tabby cat"}
PASSWORD: dict[str, Any] = {"password": "correct horse battery"}
SECOND_FACTOR: dict[str, Any] = {"code": "287082"}
ME: dict[str, Any] = {"locale": "es"}
DEVICE_NAME: dict[str, Any] = {"name": "Old phone"}
