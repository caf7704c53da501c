"""Writes of the back-office: the seeded company."""

from .log_ins import create_log_ins
from .seeding import Person, seed_books
from .seeding_desk import seed_desk
from .seeding_interest import seed_interest

__all__ = ["Person", "create_log_ins", "seed_books", "seed_desk", "seed_interest"]
