"""A seller on this machine that behaves as Polar does: its API, its webhooks, a pay page and a customer portal.

For trying out billing (`quartet dev polar`) and for tests. Nothing is charged, and what it knows ends with it. What
Polar does was read in its documentation and source of August 2026; each fact stands where it is followed.
"""
