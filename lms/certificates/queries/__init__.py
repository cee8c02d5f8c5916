"""The questions on certificates, by who asks: the holder, the office, anybody with a paper in hand."""
