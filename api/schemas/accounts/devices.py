"""Shapes of the devices that an account is signed in on."""

from __future__ import annotations

from marshmallow import fields

from api.schemas.fields import Identifier, InSchema, Line, OutSchema, Timestamp


class DeviceIn(InSchema):
    """The phone or browser; with the same id again, its earlier session ends.

    Send it always: without it every request is of a new device, and `enrol` cannot be repeated when its
    answer was lost.
    """

    id = Identifier(
        required=True,
        metadata={"description": "made by the app when it is first opened, kept, and the same ever after"},
    )
    name = Line(required=True, maximum=80)


class DeviceNameIn(InSchema):
    """What the person calls the device."""

    name = Line(required=True, maximum=80)


class DeviceOut(OutSchema):
    """A phone or browser that an account is signed in on."""

    id = fields.String(
        required=True,
        metadata={"description": "`device_id` of a path; made here, not the `id` that the device sends"},
    )
    name = fields.String(required=True, attribute="device_name")
    created_at = Timestamp(required=True, metadata={"description": "since when it is signed in"})
    used_at = Timestamp(
        required=True, attribute="rotated_at", metadata={"description": "when it signed in or refreshed last"}
    )
    expires_at = Timestamp(
        required=True, metadata={"description": "when it is signed out, unless it refreshes before"}
    )
    confirmed = fields.Boolean(
        required=True, metadata={"description": "false: it may send, and reads nothing of the patient yet"}
    )


class MyDeviceOut(DeviceOut):
    """A phone or browser that one's own account is signed in on."""

    current = fields.Boolean(required=True, metadata={"description": "the one that this request came from"})
