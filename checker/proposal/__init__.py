"""`init`: two profiles → a project file to start from. Resources that play the same role are paired, then their fields, then what lies between."""

from checker.proposal.text import Given, open_ends, propose

__all__ = ["Given", "open_ends", "propose"]
