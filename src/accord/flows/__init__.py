"""Data's way: one file a step, each working on a set. Read them in this order:

receive · identify · record · evaluate · advance · hand_off · follow_up · close · pass_back,
with take_in running the first ones over what came in.
"""
