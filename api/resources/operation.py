"""What an operator and a load balancer ask; no account is needed, and nothing about patients is told."""

from __future__ import annotations

from typing import Any

from flask.views import MethodView

from api.application import security
from api.rest.blueprint import Blueprint
from api.schemas.operation import LiveOut, ReadyOut
from services import clock, readiness
from services.errors import Unavailable

blp = Blueprint("operation", __name__, url_prefix="/", description="Health of the service")


@blp.route("/livez")
class Livez(MethodView):
    """The process."""

    @blp.doc(security=[], operationId="get_liveness")
    @blp.response(200, LiveOut)
    def get(self) -> dict[str, Any]:
        """Say that this process answers; it looks at nothing else.

        For whoever restarts processes.
        """
        return {"live": True}


@blp.route("/readyz")
class Readyz(MethodView):
    """The process with what it needs."""

    @blp.doc(security=[], operationId="get_readiness")
    @blp.response(200, ReadyOut)
    @blp.fails(503, "not_ready", "database_away")
    def get(self) -> dict[str, Any]:
        """Say whether requests can be served: database, indexes and signing keys; 503 when not.

        The worker is shown as well. Without it reports are still kept and evaluated, and what a crash left
        half done waits.
        """
        found = readiness.look(security().signer.broken_keys(), now=clock.now())
        checks = {str(check): verdict for check, verdict in found.checks.items()}
        if not found.ready:
            raise Unavailable("not_ready", "The service cannot serve requests now.", extra={"checks": checks})
        return {"ready": True, "checks": checks}
