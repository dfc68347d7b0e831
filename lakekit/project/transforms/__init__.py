"""A project's transforms: the files below `transforms/`, and the options at their top."""
