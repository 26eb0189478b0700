"""Calls to an address that is slow, refuses, breaks off and bills: made often, politely and once.

exchange  one call over HTTP; the key never gets past it
deadline  breaks off an exchange that takes too long; connection tells it the socket
reply     what a chat-completions body says; charset, text and events read it, if need be
complaint what a provider says instead; trouble tells by its words what it is about
failure   what went wrong with a call, and whether another attempt can mend it
timing    how long to wait before the next attempt
evidence  whether refusals depend on how many calls are served at once
limit     how many may be under way, found out from that
outage    when nothing comes back: hold, try with one call, give up
gate      whether another call may go out, by all of these
jobs      requests that wait, those that failed most often first
pool      bounded threads that work through them
"""
