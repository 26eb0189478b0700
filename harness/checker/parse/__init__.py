"""What a text holds: one parser a sort of value, from the characters up.

values, mention                   the parsers by kind; a value and where it stands
numbers, quantities, units        words for numbers; numbers; what measures the same
clock, spoken, dates, durations   times of day, dates and lengths of time
codes, names, spellings           train numbers, gates; names, and how else they are written
written_out                       lists written short: 周一、三、五
options, options_named            the options of a question; where an answer names one
absence, refusal                  "there is none", and "I cannot say"
"""
