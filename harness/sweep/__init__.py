"""`podium sweep`: search over a spec, with trials that share what they have in common.

    read → [ choose a batch → train and answer it, a share of its epochs first → halve ] → finalists

The ledger of trials is an Optuna study, which a killed sweep goes on from.
"""
