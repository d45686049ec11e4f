"""taskdeck: a terminal monitor for the asynchronous tasks of cloud services."""

__version__ = "0.1.0"
