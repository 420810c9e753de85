"""The web app and the command line of Soundings: one module for each thing that people do."""
