"""The registry over HTTP: an application is a value, put together from a desk and routes.

``desk`` is what the service can do, in plain Python; ``api`` says it in JSON, ``pages`` in HTML; ``app``
puts routes and middleware together; ``serve`` runs it. Nothing here keeps state in a module.
"""
