"""Has a bundled stub, and a distribution of stubs for one module only."""
