"""The pages about patients: caseload, course, phone list, enrolment, phones, what is kept aside."""
