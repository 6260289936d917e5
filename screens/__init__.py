"""The pages people touch: templates/ and static/, reached by path through ``config.pages``."""
