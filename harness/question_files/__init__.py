"""Files of questions that people bring: what their columns hold, and the samples that they make.

columns      which column holds what, by the names that people give them
tails        names that no list holds, by the word that they end in
looks        what the cells of a column look like
guesses      which column holds what, by its name and by what stands in it
headers      where the questions of a sheet begin, and what its columns are called
nested       questions inside objects
portions     parts and families by the names of lists and sheets; which sheets are read together
words        the words that names and cells are known by
rows         rows of a file under the names of the fields, its title rows aside
prompts      what is asked: a text, messages, a system text, earlier turns, options
places       whether numbers are places of options, or what these say
choices      which option a right answer is, however it is spelled
kinds        what kind an answer is, where nobody says
domains      what an answer could be
reading      the whole file
letters      options that an answer names, as letters
judging      its answers
"""
