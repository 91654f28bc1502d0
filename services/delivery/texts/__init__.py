"""What messages say, in the reader's language: no name, no topic, no word on anybody's health.

English stands in `letters`; the other languages are catalogues in `languages/`, read when the process starts.
"""
