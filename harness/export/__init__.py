"""A finished run for elsewhere: for a trainer, a platform, or as weights that load anywhere.

finished  what is read of a run folder
targets   the forms there are
weights   merged weights, and what llama.cpp needs
trainers  data and recipe for LLaMA-Factory and XTuner, data for iFLYTEK's platform
ledger    what made it: spec, digests, seeds, versions
card      the README.md beside it
export    writes all of it, and gives it its name last
"""
