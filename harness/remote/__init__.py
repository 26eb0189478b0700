"""Calls to an address that is slow, refuses, breaks off and bills: made often, politely and once.

limit     how many may be under way: found out from whether refusals depend on it
outage    when nothing comes back: hold, try with one call, give up
timing    how long to wait before the next attempt
failure   what went wrong with a call, and whether another attempt can mend it
reply     what a chat-completions body says
exchange  one call over HTTP; the key never gets past it
pool      bounded threads that work through jobs, those that failed most often first
"""
