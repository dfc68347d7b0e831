"""Cases of transforms: `tests/transforms/<name>.yaml`, read, and written."""
