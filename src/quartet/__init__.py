"""Quartet: an AI chat whose system prompt is made of four parts that you own."""

__version__ = "0.1.0"
