"""`podium bench`: latency alone, of models, runs and addresses, against a reference.

entries  what an ENTRY names, and what starts it
bench    the session, and what it comes to
table    for a terminal
page     for a browser: ECDF of latency, latency against load
"""
