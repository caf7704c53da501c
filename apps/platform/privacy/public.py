"""The front door of privacy: which fields tell of a person, why they are kept, how they go."""

from .hooks import register
from .rules import Personal
from .selectors import orphaned, personal_fields, undeclared

__all__ = ["Personal", "orphaned", "personal_fields", "register", "undeclared"]
