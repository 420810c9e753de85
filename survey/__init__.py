"""The web app and the command line of Soundings: one module for each thing that people do."""

import os

# A request has a thread, and its arithmetic stays in it: threads of a matrix product wait by spinning, and take the
# processor from whoever answers meanwhile. numpy reads this when it is first imported.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
