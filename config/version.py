"""The program's version, written down in this one place; pyproject.toml and the packages read it here."""

VERSION = "0.1.0"
