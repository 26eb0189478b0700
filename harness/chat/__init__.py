"""Talking to finished runs: who speaks, what was said, and the lines of a conversation.

speakers  runs and bases on transformers, answering as they write
talk      a conversation line by line, side by side, with its commands
"""
