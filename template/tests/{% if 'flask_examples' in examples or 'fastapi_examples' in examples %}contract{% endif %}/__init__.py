"""The contract of the shop: what it answers, whichever framework it is written in."""
