"""Transforms: planned, evaluated, audited, and published in one commit that says what they were made from."""
