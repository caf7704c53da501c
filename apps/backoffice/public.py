"""The front door of the back-office: nobody stands above it, so it offers nothing."""

__all__: list[str] = []
