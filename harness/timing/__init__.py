"""How times are taken: who is asked what in which order, and what the machine did meanwhile.

turns    which questions are timed, and the order A B B A
unique   prompts that no cache has seen, where a cache cannot be emptied
machine  what else the machine did, from the kernel's own counters
session  the timed run itself: warm-up, turns, retakes
load     requests that arrive by themselves, whether or not the last one is answered
"""
