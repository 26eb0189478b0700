"""From a table that nobody has seen to a suite file and a spec that run: `podium init`.

sheet       which row is the header, which rows and columns are the table
remarks     which rows are none of it: totals, signatures, notes
beside      two tables side by side
headers     what a header says of its column: a unit, a person, a price, a departure
kinds       what a column's cells are: text, number, time, date, duration, list
decimals    decimal commas, and decimals that are names
keys        which column, or which together, tell rows apart
programs    what can be asked about such columns
phrases     in which words, Chinese or English
files       both files as YAML that a person edits
start       all of it, and what is printed
"""
