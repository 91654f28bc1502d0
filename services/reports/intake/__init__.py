"""Taking a report: what it says and when, whether it fits; evaluated and stored, alone or with others."""
