"""Drills: Probity with its processes killed, frozen and cut off, and what must hold all the same.

`cell` runs every process, `proxy` breaks connections, `plan` says when (by count, never by the
clock), `clients` post and retry through HTTP, `history` checks with a model of its own, `controls`
break a guarantee on purpose, `record` writes what `manage.py assurance` prints.
"""
