"""Where every page of the staff is read: a page that is not here fails a test."""

from __future__ import annotations

PAGES = {
    "desk": {
        "pages.worklist.show": "/pages/",
        "pages.alerts.show": "/pages/alerts/{alert}",
        "pages.phone_list.show": "/pages/phone-list",
        "pages.mine.show": "/pages/mine",
        "pages.told.show": "/pages/mine/told",
        "pages.session.signed_in": "/pages/signed-in",
        "pages.nothing": "/pages/nowhere",
        "pages.sign_in.show": "/pages/sign-in",
    },
    "patients": {
        "pages.caseload.show": "/pages/patients",
        "pages.patients.show": "/pages/patients/{patient}",
        "pages.patients.reports": "/pages/patients/{patient}/reports",
        "pages.phones.show": "/pages/patients/{patient}/phones",
        "pages.phones.show_code": "/pages/patients/{patient}/code",
        "pages.enrolment.show": "/pages/enrol",
        "pages.kept_aside.show": "/pages/kept-aside",
        "home.code_page.show": "/enrol#ABCD-EFGH-JKMN",
    },
    "site": {
        "pages.site.show": "/pages/sites/{site}",
        "pages.hours.show": "/pages/sites/{site}/hours",
        "pages.escalation.show": "/pages/sites/{site}/escalation",
        "pages.site_texts.show": "/pages/sites/{site}/texts",
        "pages.site_instruments.show": "/pages/sites/{site}/questionnaires",
    },
    "site, continued": {
        "pages.thresholds.show": "/pages/sites/{site}/thresholds",
        "pages.thresholds.tried": "/pages/sites/{site}/thresholds/tried/{replay}",
        "pages.deliveries.show": "/pages/sites/{site}/messages",
        "pages.webhooks.show": "/pages/sites/{site}/webhooks",
        "pages.webhooks.one": "/pages/sites/{site}/webhooks/{webhook}",
        "pages.figures.show": "/pages/sites/{site}/figures",
    },
}
NO_PAGES = frozenset({"pages.assets.asset", "pages.session.show", "pages.site.first", "home.lead_on"})
"""Files, what only a script reads, and addresses that lead on to a page."""
