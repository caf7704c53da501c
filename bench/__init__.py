"""How fast Probity posts and reads: ratios to yard-sticks that are measured in the same run.

A rate says as much about the machine as about the program; a ratio to something well known, taken
on the same machine in the same minutes, says more. One module a measure, `__main__` runs them all.
"""
