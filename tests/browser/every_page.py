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
PICTURES = {
    "pages.worklist.show": "worklist",
    "pages.alerts.show": "alert",
    "pages.phone_list.show": "phone-list",
    "pages.mine.show": "account",
    "pages.told.show": "messages",
    "pages.session.signed_in": "signed-in",
    "pages.nothing": "nowhere",
    "pages.sign_in.show": "sign-in",
    "pages.caseload.show": "patients",
    "pages.patients.show": "patient",
    "pages.patients.reports": "reports",
    "pages.phones.show": "phones",
    "pages.phones.show_code": "code",
    "pages.enrolment.show": "enrol",
    "pages.kept_aside.show": "kept-aside",
    "home.code_page.show": "code-on-phone",
    "pages.site.show": "site",
    "pages.hours.show": "site-hours",
    "pages.escalation.show": "site-escalation",
    "pages.site_texts.show": "site-texts",
    "pages.site_instruments.show": "site-questionnaires",
    "pages.thresholds.show": "site-thresholds",
    "pages.thresholds.tried": "site-thresholds-tried",
    "pages.deliveries.show": "site-messages",
    "pages.webhooks.show": "site-webhooks",
    "pages.webhooks.one": "site-webhook",
    "pages.figures.show": "site-figures",
}
"""What the pictures of a page in docs/screens are called."""
NO_PAGES = frozenset({"pages.assets.asset", "pages.session.show", "pages.site.first", "home.lead_on"})
"""Files, what only a script reads, and addresses that lead on to a page."""
