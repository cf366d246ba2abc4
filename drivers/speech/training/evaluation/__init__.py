"""How well the listener hears, beside two other methods, on voices and people that it never learned from.

voices    other synthesisers' voices, with the times of their phones
people    recordings and films of people
methods   loudness alone, spectra nearest to profiles, and ours
scores    what is counted
probes    a talking tube and thirteen things that don't talk
report    the table
"""
