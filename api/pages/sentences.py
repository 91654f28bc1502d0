"""Sentences that reach the pages as values: what services say is wrong, and what a view says was done.

They are looked up in the catalogues where they are shown; here whoever collects texts finds them. A sentence
of a service that is not among them is shown in English.
"""

from __future__ import annotations

from api.pages.texts import mark as _

SENTENCES = (
    _("The passkey was added."),
    _("The passkey was removed."),
    _("This passkey cannot be used."),
    _("This passkey is in use already."),
    _("A test message is on its way. Look whether it arrives."),
    _("An absence has a beginning and an end."),
    _("Begin to set up a second factor first."),
    _("Choose another password."),
    _("How you are told was changed."),
    _("It was changed since you read it. Read it again."),
    _("Must be in the future."),
    _("Must be somebody of this site who may read the alert."),
    _("Nobody changes their own roles. Ask a second person."),
    _("Only a message that was given up can be tried again."),
    _("Say in a note what was done: it is a safety alert."),
    _("Say until when."),
    _("Say what came of it."),
    _("Say who, and in which role."),
    _("Something went wrong on our side."),
    _("That device is confirmed."),
    _("That device is signed out."),
    _("That took too long. Sign in again."),
    _("The account is closed. Its sessions have ended."),
    _("The account is open again."),
    _("The alert's state does not allow this action."),
    _("The code of the second factor is wrong."),
    _("The database cannot be reached. Send the same request again in a moment."),
    _("The e-mail address or the password is wrong."),
    _("The invitation was taken back."),
    _("The password is wrong."),
    _("The password was changed. Every other session of yours has ended."),
    _("The roles were changed."),
    _("The second factor was removed."),
    _("The two new passwords are not the same."),
    _("There is a second factor already. Remove it first."),
    _("There is no such alert."),
    _("There is no such device."),
    _("There is no such page, or it is not within your reach."),
    _("There is no such patient."),
    _("There is no such site."),
    _("These pages are for the staff of a clinic."),
    _("This is among the first that would be tried."),
    _("This is not possible from here."),
    _("This is too large."),
    _("This request cannot be read."),
    _("Too many people sign in at this moment. Try again soon."),
    _("Wait before you try again."),
    _("What patients are told was changed."),
    _("Write something first."),
    _("Your absence was stored."),
    _("Your account may not do this."),
)
