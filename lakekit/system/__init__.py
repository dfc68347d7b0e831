"""This machine's clock, identifiers and processes: the ports that need nothing but Python."""
