"""Does a test notice when a guard is taken away? Each guard's source is changed in a copy, and its tests must fail."""
