"""Pages of the reference that follow from the code: schema, rules, command line, Python API, HTTP API."""
