"""An interactive study guide for AI at the command line, in Chinese and English."""

__version__ = "0.1.0"
