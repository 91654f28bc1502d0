"""The phones of a patient, for the clinic: lost ones are ended here, new ones confirmed in person."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import g
from flask.views import MethodView

from api.application import security
from api.rest.blueprint import Blueprint
from api.rest.guard import signed_in
from api.schemas.accounts.devices import DeviceOut
from services import clock
from services.access.permissions import Operation
from services.accounts import devices

blp = Blueprint("patient_devices", __name__, url_prefix="/v1/patients", description="Phones of patients")


@blp.route("/<uuid:patient_id>/devices")
class PatientDevices(MethodView):
    """All phones of a patient's own account."""

    @signed_in(Operation.DEVICE_READ)
    @blp.page(DeviceOut)
    def get(self, patient_id: UUID) -> Any:
        """List the devices that the patient's own account is signed in on."""
        return devices.of_patient(str(patient_id), g.scope, now=clock.now())


@blp.route("/<uuid:patient_id>/devices/<uuid:device_id>")
class PatientDevice(MethodView):
    """One phone."""

    @signed_in(Operation.DEVICE_END)
    @blp.doc(operationId="end_patient_device")
    @blp.response(204)
    def delete(self, patient_id: UUID, device_id: UUID) -> None:
        """Sign a lost phone out. It stops working within five seconds.

        Sent twice, the second finds no device. When it fails, the phone is still signed in.
        """
        devices.end_of_patient(
            security(), str(patient_id), str(device_id), g.scope, actor=g.actor, now=clock.now()
        )


@blp.route("/<uuid:patient_id>/devices/<uuid:device_id>/confirm")
class PatientDeviceConfirmation(MethodView):
    """The confirmation of a phone at the clinic."""

    @signed_in(Operation.DEVICE_CONFIRM)
    @blp.doc(operationId="confirm_patient_device")
    @blp.response(200, DeviceOut)
    @blp.fails(409, "confirmed_before")
    def post(self, patient_id: UUID, device_id: UUID) -> object:
        """Record that you have seen the patient with this phone; it reads from its next refresh on.

        For who has neither the password nor the recovery code (`confirm_this_device`) nor another device
        (`confirm_my_device`). Whoever made the code cannot confirm the phone that redeemed it (403
        `second_person_needed`): one of the staff makes the code, another one confirms.

        The person may have no way back of their own then: once `confirmed` of its next refresh is true, the
        app offers to make a recovery code (`create_my_recovery_code`), which voids a printed one.

        Sent twice, the second is refused with 409. When it fails, the phone waits as before.
        """
        return devices.confirm_of_patient(
            str(patient_id), str(device_id), g.scope, actor=g.actor, now=clock.now()
        )
