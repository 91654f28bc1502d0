"""What an operator and a load balancer ask; no account is needed, and nothing about patients is told."""

from __future__ import annotations

from typing import Any

from flask.views import MethodView

from api.application import background_look
from api.rest.blueprint import Blueprint
from api.schemas.operation import LiveOut, ReadyOut
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

        Answered at once from what a thread of the process found some seconds ago; a look that is too old is
        not ready. The worker is shown as well. Without it reports are still kept and evaluated, and what a
        crash left half done waits.
        """
        found = background_look().found()
        checks = {str(check): verdict for check, verdict in found.readiness.checks.items()}
        told = {"checks": checks, "age_seconds": round(found.age_seconds, 1)}
        if not found.readiness.ready:
            raise Unavailable("not_ready", "The service cannot serve requests now.", extra=told)
        return {"ready": True, **told}
