"""Lets ``python -m cvjkit`` do what the command ``cvjkit`` does."""

import sys

from cvjkit.cli import main

sys.exit(main())
