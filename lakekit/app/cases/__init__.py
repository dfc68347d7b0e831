"""Cases of transforms: run in a lake of their own, and written from rows of the user's."""
