"""One benchmark a folder; the folder's name is the suite's.

Each declares `BENCHMARK`, a `harness.benchmark.Benchmark`, which says what a suite is. Questions
with typed right answers need options, their check, the files and `build`, and the answer checker
judges them; over a table that is `harness.tables.benchmark.table_benchmark`. Open answers need
`grade` as well.
"""
