"""All that stands behind one achievement, attempt or certificate, for an inspector (safety.md R1).

`finding` reads the id, `gathering` puts the tree of `tree` together from what the rooms have stored, `checks` says what
in it does not fit, `rendering` writes it down as JSON or as text. Nothing here is a scope for people: only the operator
at the command line gets it, and each look is an entry of the audit.
"""
